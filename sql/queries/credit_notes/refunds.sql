-- One row per refund of the run and invoice that charged its days; those below the floor are not given back (GC-13.2).
-- returns: tasks.refunds.RefundRow
select invoice.invoice_id, line.line_id, lower(refund.days) as first, upper(refund.days) as past, refund.net, refund.clause
from refund
join line using (line_no)
join invoice on invoice.run_id = refund.charged_run_id and invoice.kind = 'invoice' and invoice.number is not null
where refund.run_id = :run_id and not refund.below_floor
    and exists (
        select from invoice_line as charged
        where charged.invoice_id = invoice.invoice_id and charged.line_id = line.line_id and charged.charge in ('recurring', 'pro_rata')
            and daterange(charged.from_day, charged.to_day, '[]') && refund.days
    )
order by invoice.number, line.line_id, first;
