-- Gives back all locks of this session.
select pg_advisory_unlock_all();
