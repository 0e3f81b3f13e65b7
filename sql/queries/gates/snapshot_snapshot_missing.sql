-- One row per snapshot there is, the newest first: none of them is on or before the close date.
select snapshot_on as snapshot, element_count as elements
from inventory_snapshot
order by snapshot_on desc
limit 20;
