-- One row per table of the ledger: its name, its columns in order, and whether it is partitioned.
-- returns: tasks.scratch.Table
select
    cast(pg_class.relname as text) as name,
    (select array_agg(cast(attname as text) order by attnum) from pg_attribute
     where attrelid = pg_class.oid and attnum > 0 and not attisdropped) as columns,
    pg_class.relkind = 'p' as is_partitioned
from pg_class
where relnamespace = cast(current_schema() as regnamespace) and relkind in ('r', 'p') and not relispartition
    and relname <> 'alembic_version'
order by relname;
