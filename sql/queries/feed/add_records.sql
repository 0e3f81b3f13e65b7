-- Adds a version for each kept record on its way in that is new or has changed.
insert into feed_record (table_name, record_id, version, valid_import, record)
select :table_name, n.record_id,
    coalesce((select max(v.version) from feed_record v where v.table_name = :table_name and v.record_id = n.record_id), 0) + 1,
    cast(:import_no as integer), n.record
from incoming_records n
where not exists (select 1 from feed_record v
                  where v.table_name = :table_name and v.record_id = n.record_id and v.superseded_import is null)
order by n.record_id;
