-- One row per line of the documents of a run, in the words of the reader: the product by its English name, its kind as the unit;
-- an ad-hoc charge without a product by the text on the invoice.
-- returns: billing.line_changes.Line
select invoice.payer_id, line.line_id,
    coalesce(product.name_en, nullif(line.product, ''), case when line.charge = 'one_off' then line.description end, '') as product,
    line.charge, line.quantity, line.unit_price, line.net,
    coalesce(replace(nullif(product.kind, 'other'), '_', ' '), '') as unit
from invoice
join invoice_line as line using (invoice_id)
left join product_at(:import_no) as product on product.product = line.product
where invoice.run_id = :run_id
order by line.invoice_id, line.line_seq;
