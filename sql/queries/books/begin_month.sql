-- Begins the journal of a month.
insert into journal (month) values (cast(:month as date));
