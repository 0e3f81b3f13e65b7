-- Notes what was imported of a file; the same content read again replaces its entry.
insert into feed_file (path, sha256, import_no, rows_read, rows_accepted, rows_known, rows_rejected)
values (:path, :sha256, :import_no, :rows_read, :rows_accepted, :rows_known, :rows_rejected)
on conflict (path, sha256) do update
set import_no = excluded.import_no, rows_read = excluded.rows_read, rows_accepted = excluded.rows_accepted,
    rows_known = excluded.rows_known, rows_rejected = excluded.rows_rejected;
