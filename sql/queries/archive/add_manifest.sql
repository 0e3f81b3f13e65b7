-- Notes a manifest and the hash it must have for ever.
insert into archive_manifest (path, run_id, letters_on, sha256, documents)
values (:path, :run_id, cast(:letters_on as date), :sha256, :documents)
on conflict do nothing;
