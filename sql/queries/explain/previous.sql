-- The last line of an invoice of an earlier run that charged days of an order line.
-- returns: tasks.explain.made_from.PreviousLine
select invoice.number, part.line_seq, part.from_day, part.to_day, part.quantity, part.unit_price
from invoice_line as part
join invoice using (invoice_id)
where part.line_id = :line_id and part.charge in ('recurring', 'pro_rata') and invoice.kind = 'invoice' and invoice.number is not null
    and invoice.run_id <> cast(:run_id as integer) and invoice.issued_on <= cast(:issued_on as date)
    and part.to_day < cast(:before as date)
order by part.to_day desc, invoice.issued_on desc, invoice.seq desc
limit 1;
