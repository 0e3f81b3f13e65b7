-- One row per draft line without a clause, of a contract that another payer pays, or that stands on more than one draft.
with lines as (
    select line.*, invoice.payer_id, invoice.kind, contract.payer_id as payer_of_contract,
        count(*) over (partition by line.line_id, line.product, line.charge, line.from_day, line.to_day) as times
    from invoice_line as line
    join invoice using (invoice_id)
    left join contract_at(:import_no) as contract using (contract_id)
    where invoice.run_id = :run_id
)
select payer_id as payer, payer_of_contract, line_id as line, product, charge, from_day, to_day, net, clause, times
from lines
where clause = '' or (kind = 'invoice' and payer_of_contract is distinct from payer_id) or (times > 1 and line_id <> '' and charge in ('one_off', 'recurring', 'usage'))
order by payer_id, line_id, from_day
limit 20;
