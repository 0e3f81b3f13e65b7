-- One row per recurring line the run charged to the payers of the invoices given, with what was counted and ordered and the days charged;
-- the balance of a contract, and what was added within the month and is charged back, are rows of their own.
-- `owner_id` is the first invoice of the run that shows the end client: its summary takes the plain file name.
-- returns: tasks.summary_records.CountedRow
with owners as (
    select end_client_id, min(invoice_id) as owner_id
    from invoice_line join invoice using (invoice_id)
    where invoice.run_id = :run_id and invoice.kind = 'invoice'
    group by end_client_id
),
charged as (
    select line_no, quantity, count_rule as rule, count_clause as clause, counted, ordered, range_agg(days) as days
    from recurring_charge
    where run_id = :run_id
    group by line_no, quantity, count_rule, count_clause, counted, ordered
    union all
    select line_no, sum(quantity)::integer, 'addition', clause, null, null, range_agg(daterange(first_day, to_day, '[]'))
    from addition_charge
    where run_id = :run_id
    group by line_no, first_day, to_day, clause
)
select
    invoice.invoice_id, coalesce(owners.owner_id, invoice.invoice_id) as owner_id,
    ordered.end_client_id, coalesce(client.name, ordered.end_client_id) as client_name,
    ordered.contract_id, charged.line_no, ordered.line_id, product.service,
    case payer.language when 'nl' then product.name_nl when 'en' then product.name_en else product.name_fr end as description,
    charged.counted, coalesce(charged.ordered, ordered.quantity) as ordered, charged.quantity, charged.rule, charged.clause,
    array(select lower(part) from unnest(charged.days) as part order by part) as first_days,
    array(select upper(part) - 1 from unnest(charged.days) as part order by part) as last_days,
    ordered.starts_on, ordered.min_months
from charged
join order_line_at(:import_no) as ordered using (line_no)
join contract_at(:import_no) as contract using (contract_id)
join product_at(:import_no) as product using (product)
join invoice on invoice.run_id = :run_id and invoice.kind = 'invoice'
    and invoice.payer_id = contract.payer_id and invoice.payment_days = contract.payment_days
join party as payer on payer.party_id = invoice.payer_id and payer.version = invoice.payer_version
left join party_at(:import_no) as client on client.party_id = ordered.end_client_id
left join owners on owners.end_client_id = ordered.end_client_id
where invoice.invoice_id = any(cast(:invoice_ids as bigint[]))
order by invoice.invoice_id, client_name, ordered.end_client_id, ordered.contract_id, charged.line_no, lower(charged.days), charged.rule;
