-- One row per payer asked for that has a segment on a day: the latest that is valid by then, as of an import.
-- returns: tasks.segments.PayerSegment
select distinct on (payer_id) payer_id, segment
from segment_at(:import_no)
where payer_id = any(cast(:payer_ids as text[])) and valid_from <= cast(:on as date)
order by payer_id, valid_from desc, segment_id desc;
