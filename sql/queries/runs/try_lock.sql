-- Whether this session now holds the lock of that name; it lasts until it is given back or the session ends.
select pg_try_advisory_lock(hashtext('billing'), hashtext(:lock)) as locked;
