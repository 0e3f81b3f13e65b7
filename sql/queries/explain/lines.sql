-- The lines of a document, in order; line_no is the order line's, none where no order stands behind it.
-- returns: tasks.explain.records.DocumentLine
select
    part.line_seq, part.contract_id, part.end_client_id, part.line_id, line.line_no, part.product, part.description, part.charge,
    part.from_day, part.to_day, part.quantity, part.unit_price, part.net, part.vat_category, part.vat_rate, part.clause, part.note,
    part.credits_line_seq
from invoice_line as part
left join line on line.line_id = part.line_id
where part.invoice_id = :invoice_id
order by part.line_seq;
