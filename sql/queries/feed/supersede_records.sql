-- Ends the version in force of each kept record that the file on its way in gives with other content.
update feed_record c set superseded_import = cast(:import_no as integer)
from incoming_records n
where c.table_name = :table_name and c.record_id = n.record_id and c.superseded_import is null and c.record <> n.record;
