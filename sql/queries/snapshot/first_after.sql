-- The day of the first inventory snapshot after a day; none when there is none.
select min(snapshot_on)
from inventory_snapshot
where snapshot_on > cast(:day as date);
