-- One row per line of the invoices given, by end client as the invoice shows them; service is '' for a line of no product.
-- `starts_on`, `min_months` are those of the order line, null for a line of none.
-- returns: tasks.document_records.LineRow
select
    shown.invoice_id, shown.line_seq, shown.credits_line_seq, shown.end_client_id, coalesce(client.name, shown.end_client_id) as end_client_name,
    shown.contract_id, shown.line_id, coalesce(product.service, '') as service, shown.product, shown.description, shown.charge,
    shown.from_day, shown.to_day, shown.quantity, shown.unit_price, shown.net, shown.clause, shown.note,
    shown.vat_category, shown.vat_rate, ordered.starts_on, ordered.min_months
from invoice_line as shown
left join party_at(:import_no) as client on client.party_id = shown.end_client_id
left join order_line_at(:import_no) as ordered on ordered.line_id = shown.line_id
left join product_at(:import_no) as product
    on product.product = case when ordered.line_id is not null then ordered.product when shown.charge <> 'usage' then shown.product end
where shown.invoice_id = any(cast(:invoice_ids as bigint[]))
order by shown.invoice_id, end_client_name, shown.end_client_id, shown.line_seq;
