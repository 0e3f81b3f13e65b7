-- One row per SLA credit of which more is used and paid out than was granted. EUR excluding VAT.
with gone as (
    select use.credit_id, use.amount - coalesce((
        select sum(taken.net) from invoice as note join invoice_line as taken using (invoice_id)
        where note.credits_invoice_id = use.invoice_id and taken.credits_line_seq = use.line_seq
            and (note.number is not null or note.run_id = :run_id)), 0) as amount
    from credit_use as use
    union all
    select credit_id, amount from credit_payout
)
select gone.credit_id as credit, coalesce(credit.amount, 0) as granted, sum(gone.amount) as used_and_paid_out
from gone
left join sla_credit_at(:import_no) as credit using (credit_id)
group by gone.credit_id, credit.amount
having sum(gone.amount) > coalesce(credit.amount, 0)
order by gone.credit_id
limit 20;
