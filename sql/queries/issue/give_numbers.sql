-- Gives all drafts their numbers, dates and references in one statement.
update invoice set
    series = given.series, seq = given.seq, number = given.number, issued_on = given.issued_on, due_on = given.due_on,
    structured_reference = given.structured_reference
from unnest(
    cast(:invoice_ids as bigint[]), cast(:series as text[]), cast(:seqs as integer[]), cast(:numbers as text[]),
    cast(:issued_on as date[]), cast(:due_on as date[]), cast(:references as text[])
) as given (invoice_id, series, seq, number, issued_on, due_on, structured_reference)
where invoice.invoice_id = given.invoice_id and invoice.number is null;
