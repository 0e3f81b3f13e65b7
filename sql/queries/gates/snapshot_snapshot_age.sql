-- One row: the snapshot the close would count from, and how old it is.
select max(snapshot_on) as snapshot, cast(:on as date) as close_date, cast(:on as date) - max(snapshot_on) as days_old
from inventory_snapshot
where snapshot_on <= cast(:on as date)
having max(snapshot_on) is not null;
