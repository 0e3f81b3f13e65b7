-- Stores the heading of a snapshot.
insert into inventory_snapshot (snapshot_on, element_count, content_hash, import_no)
values (cast(:day as date), :element_count, :content_hash, :import_no);
