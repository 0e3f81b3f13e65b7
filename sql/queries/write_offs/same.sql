-- How often this amount was given up of an invoice on a day, by the same person and for the same reason,
-- and not taken back since.
-- returns: bigint
select count(*)
from write_off
join invoice using (invoice_id)
where invoice.number = :number
  and write_off.written_off_on = cast(:on as date)
  and write_off.amount = :amount
  and write_off.decided_by = :decided_by
  and write_off.reason = :reason
  and not exists (
    select from write_off as later
    where later.invoice_id = write_off.invoice_id and later.write_off_no > write_off.write_off_no and later.amount < 0
  );
