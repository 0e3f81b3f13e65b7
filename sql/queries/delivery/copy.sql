-- One row: the copy of an invoice that was asked for on a day, to these addresses.
-- returns: tasks.copies.CopySent
select delivery_id, state, last_error
from delivery
where invoice_id = :invoice_id and purpose = 'copy' and asked_by <> '' and recipients = :recipients and asked_on = cast(:on as date);
