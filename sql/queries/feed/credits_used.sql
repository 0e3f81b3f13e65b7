-- Of the credits given, how much invoices have used and payouts have taken; what credit notes took back is used no more. EUR.
select credit_id, sum(amount) as amount
from (
    select use.credit_id, use.amount - coalesce((
        select sum(taken.net) from invoice as note join invoice_line as taken using (invoice_id)
        where note.credits_invoice_id = use.invoice_id and taken.credits_line_seq = use.line_seq and note.number is not null), 0) as amount
    from credit_use as use
    where use.credit_id = any(cast(:credit_ids as text[]))
    union all
    select credit_id, amount from credit_payout where credit_id = any(cast(:credit_ids as text[]))
) as gone
group by credit_id;
