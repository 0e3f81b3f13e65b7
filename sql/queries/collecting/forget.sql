-- Forgets the files of attempts that ended before their gate was passed.
delete from collection
where not accepted;
