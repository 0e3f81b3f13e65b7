-- One row per index of a table of the ledger, partitions and constraints that keep ranges apart left out: the statement that makes it,
-- or the key it holds ('' for none).
-- returns: tasks.scratch.Index
select cast(owner.relname as text) as table_name, pg_get_indexdef(pg_index.indexrelid) as definition,
    coalesce(pg_get_constraintdef(held.oid), '') as key
from pg_index
join pg_class as owner on owner.oid = pg_index.indrelid
left join pg_constraint as held on held.conindid = pg_index.indexrelid and held.contype in ('p', 'u') and held.conrelid = owner.oid
where owner.relnamespace = cast(cast(:ledger as text) as regnamespace) and owner.relkind in ('r', 'p') and not owner.relispartition
    and not pg_index.indisexclusion
order by owner.relname, pg_index.indexrelid;
