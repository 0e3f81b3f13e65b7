-- The days of inventory snapshots that came after an import.
select snapshot_on
from inventory_snapshot
where import_no > :import_no
order by snapshot_on;
