-- One row per line of the invoices given, with what issued credit notes took of it so far.
-- returns: tasks.credited.CreditedLine
select line.invoice_id, line.line_seq, line.contract_id, line.end_client_id, line.line_id, line.product, line.description, line.charge,
    line.from_day, line.to_day, line.quantity, line.unit_price, line.net, line.vat_category, line.vat_rate, line.clause, line.note,
    coalesce((
        select -sum(taken.net)
        from invoice as note
        join invoice_line as taken using (invoice_id)
        where note.credits_invoice_id = line.invoice_id and note.number is not null and taken.credits_line_seq = line.line_seq
    ), 0) as credited
from invoice_line as line
where line.invoice_id = any(cast(:invoice_ids as bigint[]))
order by line.invoice_id, line.line_seq;
