-- Notes that an import came to its end.
update import_run set finished_at = now()
where import_no = :import_no;
