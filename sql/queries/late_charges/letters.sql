-- One row per letter sent up to a day that had not come back by then and costs something no other run has charged. A level costs its anchor
-- once, whatever letters it took, unless what was charged of it was credited in full. A letter costs nothing that, by what is known now,
-- listed nothing owed on its day. EUR.
-- returns: tasks.late_charges.gathering.LetterRow
with charged as (
    select charge.notice_id, letter.payer_id, letter.anchor_invoice_id, letter.level, charge.what, charge.amount + coalesce((
            select sum(taken.net)
            from invoice as credit
            join invoice_line as taken on taken.invoice_id = credit.invoice_id and taken.credits_line_seq = charge.line_seq
            where credit.credits_invoice_id = charge.debit_note_id and credit.number is not null and credit.issued_on <= cast(:day as date)
        ), 0) > 0 as stands
    from late_charge as charge
    join dunning_notice as letter using (notice_id)
    where charge.run_id <> :run_id
),
chargeable as (
    select letter.*, cost.what, cost.amount
    from dunning_notice as letter
    join delivery using (delivery_id)
    cross join lateral (values ('reminder_fee', letter.fee), ('recovery_cost', letter.recovery_cost)) as cost (what, amount)
    where letter.noticed_on <= cast(:day as date) and delivery.state = 'sent'
        and (delivery.bounced_on is null or delivery.bounced_on > cast(:day as date)) and cost.amount > 0
        and not exists (select from charged where charged.notice_id = letter.notice_id and charged.what = cost.what)
        and not exists (
            select from charged
            where charged.stands and charged.anchor_invoice_id = letter.anchor_invoice_id and charged.payer_id = letter.payer_id
                and charged.level = letter.level and charged.what = cost.what
        )
        and exists (
            select from dunning_notice_invoice as listed
            join invoice as late using (invoice_id)
            where listed.notice_id = letter.notice_id and late.gross + coalesce((
                    select sum(note.gross) from invoice as note
                    where note.credits_invoice_id = late.invoice_id and note.number is not null and note.issued_on <= cast(:day as date)
                ), 0) > coalesce((
                    select sum(payment.amount) from payment
                    where payment.invoice_id = late.invoice_id and payment.paid_on < letter.noticed_on
                ), 0)
        )
),
once as (
    select distinct on (payer_id, anchor_invoice_id, level, what) *
    from chargeable
    order by payer_id, anchor_invoice_id, level, what, noticed_on, notice_id
)
select payer_id, notice_id, level, noticed_on as sent_on, coalesce(sum(amount) filter (where what = 'reminder_fee'), 0.00) as fee,
    coalesce(sum(amount) filter (where what = 'recovery_cost'), 0.00) as recovery_cost, policy, clause
from once
group by payer_id, notice_id, level, noticed_on, policy, clause
order by noticed_on, notice_id;
