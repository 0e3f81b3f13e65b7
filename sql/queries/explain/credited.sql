-- The line that a line of a credit note takes back, and what credit notes with lower numbers had taken of it before.
-- returns: tasks.explain.made_from.CreditedLine
select
    invoice.number, part.line_seq, part.description, part.charge, part.from_day, part.to_day, part.quantity, part.unit_price, part.net,
    coalesce((
        select -sum(taken.net)
        from invoice as note
        join invoice_line as taken using (invoice_id)
        where note.credits_invoice_id = invoice.invoice_id and taken.credits_line_seq = part.line_seq and note.number is not null
            and (note.issued_on, note.seq) < (this.issued_on, this.seq)
    ), 0) as credited
from invoice as this
join invoice on invoice.invoice_id = this.credits_invoice_id
join invoice_line as part on part.invoice_id = invoice.invoice_id
where this.invoice_id = :invoice_id and part.line_seq = :line_seq;
