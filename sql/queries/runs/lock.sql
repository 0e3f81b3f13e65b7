-- Waits until no other session holds the lock of that name, and holds it until it is given back or the session ends.
select pg_advisory_lock(hashtext('billing'), hashtext(:lock));
