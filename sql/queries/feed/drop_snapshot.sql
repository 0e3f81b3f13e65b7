-- Takes away the snapshot of a day that is delivered anew, with its elements; a frozen one is refused by the database.
delete from inventory_snapshot
where snapshot_on = cast(:day as date);
