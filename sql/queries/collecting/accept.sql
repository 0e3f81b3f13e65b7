-- Accepts the files of a day: from here they are what the bank gets.
update collection
set accepted = true
where made_on = cast(:made_on as date) and not accepted;
