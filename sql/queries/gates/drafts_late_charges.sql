-- One row per late charge of the run that is not on exactly one line of the debit note of its payer, beside that line. EUR.
select charge.payer_id as payer, replace(charge.what, '_', ' ') as what, charge.amount, draft.payer_id as payer_of_draft, line.net as on_draft,
    line.charge, line.vat_category
from late_charge as charge
left join invoice as draft on draft.invoice_id = charge.debit_note_id and draft.run_id = charge.run_id and draft.kind = 'debit_note'
left join invoice_line as line on line.invoice_id = draft.invoice_id and line.line_seq = charge.line_seq
where charge.run_id = :run_id and charge.payer_id not in (select payer_id from parked_payer where run_id = :run_id)
    and (line.net is distinct from charge.amount or draft.payer_id is distinct from charge.payer_id
        or line.charge is distinct from case charge.what when 'interest' then 'interest' else 'fee' end
        or line.vat_category is distinct from 'O' or line.clause is distinct from charge.clause)
order by charge.charge_no
limit 20;
