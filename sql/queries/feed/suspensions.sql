-- One row per suspension in force, by end client and first day, and whether it was set by hand.
-- returns: tasks.feed.suspensions.Recorded
select kept.record_id as suspension_id, kept.record ->> 'end_client_id' as end_client_id, cast(kept.record ->> 'starts_on' as date) as starts_on,
    cast(nullif(kept.record ->> 'ends_on', '') as date) as ends_on, kept.record ->> 'reason_clause' as clause,
    coalesce(kept.record ->> 'note', '') as note, import_run.feed = 'by hand' as by_hand
from feed_record as kept
join import_run on import_run.import_no = kept.valid_import
where kept.table_name = 'suspensions' and kept.superseded_import is null
order by 2, 3, 1;
