-- One row per SLA credit granted by a day, with what other runs left of it: less what invoices used, unless a credit note has taken that
-- back, and less what was paid out. `subject` is the invoice a credit run makes anew: what it used is free again. Uses dated after
-- `seen_on` are not seen; null = all are.
-- returns: billing.sla_credit.SlaCredit
with given_back as (  -- the credit lines of invoices that credit notes have taken back
    select note.credits_invoice_id as invoice_id, line.credits_line_seq as line_seq, sum(line.net) as amount
    from invoice as note
    join invoice_line as line using (invoice_id)
    join credit_use as use on use.invoice_id = note.credits_invoice_id and use.line_seq = line.credits_line_seq
    where note.number is not null and (cast(:seen_on as date) is null or note.issued_on <= cast(:seen_on as date))
    group by note.credits_invoice_id, line.credits_line_seq
),
used as (
    select use.credit_id, sum(use.amount - coalesce(given_back.amount, 0)) as amount
    from credit_use as use
    join invoice using (invoice_id)
    join run on run.run_id = use.run_id
    left join given_back using (invoice_id, line_seq)
    where use.run_id <> :run_id and (cast(:seen_on as date) is null or run.run_on <= cast(:seen_on as date))
        and (cast(:subject as text) = '' or invoice.number is distinct from :subject)
    group by use.credit_id
),
paid_out as (
    select credit_id, sum(amount) as amount
    from credit_payout
    join run using (run_id)
    where run_id <> :run_id and (cast(:seen_on as date) is null or run.run_on <= cast(:seen_on as date))
    group by credit_id
)
select credit.credit_id, credit.contract_id, contract.payer_id, coalesce(credit.end_client_id, contract.payer_id) as end_client_id,
    credit.granted_on, credit.reason, credit.amount,
    credit.amount - coalesce(used.amount, 0) - coalesce(paid_out.amount, 0) as "left"
from sla_credit_at(:import_no) as credit
join contract_at(:import_no) as contract using (contract_id)
left join used using (credit_id)
left join paid_out using (credit_id)
where credit.granted_on <= cast(:on as date)
order by credit.granted_on, credit.credit_id;
