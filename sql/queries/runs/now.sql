-- What time it is, by the clock of the database.
select clock_timestamp();
