-- Notes that a file is in the store.
update collection
set published = true
where collection_no = :collection_no and not published;
