-- One row: what became of the rows of usage files that were read after one import, up to and with another.
-- returns: tasks.close_reconciliation.RowsRead
select coalesce(sum(rows_read), 0)::bigint as rows_read, coalesce(sum(rows_accepted), 0)::bigint as accepted,
    coalesce(sum(rows_known), 0)::bigint as known, coalesce(sum(rows_rejected), 0)::bigint as rejected
from feed_file
where path like 'usage/%' and import_no > :after_import and import_no <= :import_no;
