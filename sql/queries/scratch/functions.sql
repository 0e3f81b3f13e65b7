-- One row per SQL function of the ledger: the statement that makes it.
select pg_get_functiondef(oid) as definition
from pg_proc
where pronamespace = cast(cast(:ledger as text) as regnamespace) and prolang = (select oid from pg_language where lanname = 'sql')
order by proname;
