-- Makes the journal of a month final: from here on it never changes.
update journal set final_on = cast(:on as date), final_by = :by where month = cast(:month as date);
