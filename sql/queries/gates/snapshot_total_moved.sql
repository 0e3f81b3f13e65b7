-- One row per snapshot of the run and of the close before it, with the number of elements in all.
select inventory_snapshot.snapshot_on as snapshot, inventory_snapshot.element_count as elements
from inventory_snapshot
where snapshot_on in (
    select coalesce(run.snapshot_on, (select max(snapshot_on) from inventory_snapshot where snapshot_on <= run.run_on)) from run where run_id = :run_id
    union all
    (select earlier.snapshot_on from run as earlier join run as this on this.run_id = :run_id
        where earlier.kind = 'close' and earlier.period < this.period and earlier.snapshot_on is not null order by earlier.period desc limit 1)
)
order by snapshot_on;
