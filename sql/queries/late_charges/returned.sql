-- Of the invoices given, those whose direct debit was handed back by a day; for a run, as far as it was known when the run began.
-- returns: tasks.late_charges.gathering.ReturnedRow
select item.invoice_id
from collection_item as item
join bank_movement as movement on movement.movement_no = item.returned_by
left join late_charge_scope as scope on scope.run_id = :run_id
where item.invoice_id = any(cast(:invoice_ids as bigint[])) and movement.booked_on <= cast(:day as date)
    and (scope.run_id is null or item.invoice_id = any(scope.returned))
order by item.invoice_id;
