-- One row per recurring charge of the run that shows on an invoice, with what the invoice needs to know of its contract and product.
-- returns: tasks.drafts.ChargedLine
select
    contract.payer_id, contract.payment_days, contract.contract_id, order_line.end_client_id, order_line.line_id,
    product.product, product.service, product.name_fr, product.name_nl, product.name_en,
    charge.charge, lower(charge.days) as from_day, upper(charge.days) - 1 as to_day,
    charge.quantity::numeric as quantity, charge.unit_price, charge.net, charge.clause,
    concat_ws('; ',
        case when charge.charge = 'balance' then 'balance clause=' || charge.clause end,
        case when charge.charge in ('pro_rata', 'balance') and upper(charge.days) - lower(charge.days) < month.days then
            'pro_rata ' || (upper(charge.days) - lower(charge.days)) || '/' || month.days
        end,
        case when charge.count_rule not in ('counted', 'ordered', 'previous_invoice') then
            charge.count_rule || ' counted=' || coalesce(charge.counted, 0) || ' charged=' || charge.quantity || ' clause=' || charge.count_clause
        end) as note
from recurring_charge as charge
cross join lateral (
    select extract(day from date_trunc('month', lower(charge.days)) + interval '1 month' - interval '1 day') as days
) as month
join order_line_at(:import_no) as order_line using (line_no)
join contract_at(:import_no) as contract using (contract_id)
join product_at(:import_no) as product using (product)
where charge.run_id = :run_id and (charge.quantity > 0 or charge.net <> 0)
order by payer_id, end_client_id, contract_id, line_id, from_day;
