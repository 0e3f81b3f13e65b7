-- One value: the hash that the manifest of a run must have; no row when it has none.
select sha256 from archive_manifest where run_id = :run_id;
