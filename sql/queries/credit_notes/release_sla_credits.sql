-- An SLA credit that an invoice used up and a credit note takes back with it can be used again (GC-10.5).
update credit_use set released_by = note.invoice_id
from invoice as note
join invoice_line as taken using (invoice_id)
where note.run_id = :run_id and note.kind = 'credit_note' and credit_use.invoice_id = note.credits_invoice_id
    and credit_use.line_seq = taken.credits_line_seq and credit_use.released_by is null;
