-- As many new invoice ids as asked for, so that drafts and their lines can be loaded together.
select nextval(pg_get_serial_sequence('invoice', 'invoice_id')) as invoice_id
from generate_series(1, :how_many);
