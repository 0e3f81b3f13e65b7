-- Takes the provisional journal of a month away.
delete from journal where month = cast(:month as date);
