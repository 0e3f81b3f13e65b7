-- One row per exclusion constraint of a schema: what keeps days apart in the ledger only costs time in a copy.
select conrelid::regclass::text as table_name, conname as name
from pg_constraint
where connamespace = cast(cast(:schema as text) as regnamespace) and contype = 'x';
