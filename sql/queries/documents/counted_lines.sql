-- One row per recurring line the run charged to the payers of the invoices given: the last period charged, with what was counted and ordered.
-- `owner_id` is the first invoice of the run that shows the end client: its summary takes the plain file name.
-- returns: tasks.document_records.CountedRow
with owners as (
    select end_client_id, min(invoice_id) as owner_id
    from invoice_line join invoice using (invoice_id)
    where invoice.run_id = :run_id
    group by end_client_id
)
select distinct on (invoice.invoice_id, client_name, ordered.end_client_id, ordered.contract_id, charge.line_no)
    invoice.invoice_id, coalesce(owners.owner_id, invoice.invoice_id) as owner_id,
    ordered.end_client_id, coalesce(client.name, ordered.end_client_id) as client_name,
    ordered.contract_id, charge.line_no, ordered.line_id, product.service,
    case payer.language when 'nl' then product.name_nl when 'en' then product.name_en else product.name_fr end as description,
    charge.counted, charge.ordered, charge.quantity, charge.count_rule as rule, charge.count_clause as clause
from recurring_charge as charge
join order_line_at(:import_no) as ordered using (line_no)
join contract_at(:import_no) as contract using (contract_id)
join product_at(:import_no) as product using (product)
join invoice on invoice.run_id = charge.run_id and invoice.kind = 'invoice'
    and invoice.payer_id = contract.payer_id and invoice.payment_days = contract.payment_days
join party as payer on payer.party_id = invoice.payer_id and payer.version = invoice.payer_version
left join party_at(:import_no) as client on client.party_id = ordered.end_client_id
left join owners on owners.end_client_id = ordered.end_client_id
where charge.run_id = :run_id and invoice.invoice_id = any(cast(:invoice_ids as bigint[]))
order by invoice.invoice_id, client_name, ordered.end_client_id, ordered.contract_id, charge.line_no, charge.days desc;
