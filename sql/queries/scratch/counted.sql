-- One row per column of a schema that counts by itself.
select table_name, column_name
from information_schema.columns
where table_schema = :schema and is_identity = 'YES'
order by table_name, column_name;
