-- One row per segment that a payer asked for has or had up to a day, by payer and day, as of an import; of two from one day the later id.
-- returns: tasks.segments.SegmentFrom
select distinct on (payer_id, valid_from) payer_id, segment, valid_from
from segment_at(:import_no)
where payer_id = any(cast(:payer_ids as text[])) and valid_from <= cast(:on as date)
order by payer_id, valid_from, segment_id desc;
