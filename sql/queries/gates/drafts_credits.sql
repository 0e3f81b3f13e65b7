-- One row per line of a draft credit note beside the line it credits: what it takes, what was left, and whose invoice it is.
with taken as (
    select draft.invoice_id, draft.payer_id, draft.credits_invoice_id, draft.reason, line.credits_line_seq, line.vat_category, line.vat_rate,
        sum(line.net) as net
    from invoice as draft
    join invoice_line as line using (invoice_id)
    where draft.run_id = :run_id and draft.kind = 'credit_note'
    group by 1, 2, 3, 4, 5, 6, 7
)
select taken.payer_id as payer, coalesce(credited.number, '(none)') as credits, coalesce(credited.payer_id, '') as payer_of_invoice,
    taken.credits_line_seq as line, taken.net as takes, charged.net as charged,
    charged.net + coalesce((
        select sum(earlier.net)
        from invoice as note
        join invoice_line as earlier using (invoice_id)
        where note.credits_invoice_id = credited.invoice_id and note.number is not null and earlier.credits_line_seq = taken.credits_line_seq
    ), 0) as left_over,
    taken.reason
from taken
left join invoice as credited on credited.invoice_id = taken.credits_invoice_id
left join invoice_line as charged on charged.invoice_id = credited.invoice_id and charged.line_seq = taken.credits_line_seq
order by (charged.net is null or abs(taken.net) > abs(charged.net)) desc, credited.number, taken.credits_line_seq
limit 20;
