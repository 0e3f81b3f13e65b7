-- Forgets the items of files of attempts that ended before their gate was passed.
delete from collection_item
where collection_no in (select collection_no from collection where not accepted);
