-- One row: the debit notes a run issued, what they come to in EUR, and how many payers are parked.
-- returns: tasks.late_charges.month.DebitNotes
select count(*) as debit_notes, coalesce(sum(gross), 0.00) as total,
    (select count(*) from parked_payer where parked_payer.run_id = :run_id) as parked
from invoice
where invoice.run_id = :run_id and number is not null;
