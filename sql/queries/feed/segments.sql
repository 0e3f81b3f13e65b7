-- One row per segment in force of the payers asked for.
select record_id as segment_id, record ->> 'payer_id' as payer_id, cast(record ->> 'valid_from' as date) as valid_from
from feed_record
where table_name = 'segments' and superseded_import is null and record ->> 'payer_id' = any(cast(:payer_ids as text[]))
order by 1;
