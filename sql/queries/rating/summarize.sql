-- Brings the block-range indexes of usage up to date, so that a stretch of time reads only its own blocks: ranges added.
select coalesce(sum(brin_summarize_new_values(pg_index.indexrelid)), 0) as ranges
from pg_index
join pg_class on pg_class.oid = pg_index.indexrelid
join pg_am on pg_am.oid = pg_class.relam and pg_am.amname = 'brin'
where pg_index.indrelid = cast('usage_record' as regclass);
