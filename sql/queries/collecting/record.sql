-- Records a file before it is published, and gives its number.
-- returns: bigint
insert into collection (collected_on, scheme, made_on, message_id, path, sha256, content)
values (:collected_on, :scheme, :made_on, :message_id, :path, :sha256, :content)
returning collection_no;
