-- Whether a session works on a close now, or on a credit note: whoever does holds its lock.
select exists (
    select from pg_locks
    join pg_database on pg_database.oid = pg_locks.database and datname = current_database()
    where locktype = 'advisory' and granted and objsubid = 2
        and classid = cast(hashtext('billing') as oid) and objid = cast(hashtext('run another close') as oid)
);
