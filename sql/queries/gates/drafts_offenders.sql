-- One row per draft whose totals are not those of its lines and VAT table, that has no line, or that has the wrong sign.
with lines as (
    select invoice_id, sum(net) as net, count(*) as lines from invoice_line group by invoice_id
),
vat as (
    select invoice_id, sum(vat) as vat, sum(round(base * vat_rate / 100, 2)) as expected from invoice_vat group by invoice_id
)
select invoice.payer_id as payer, invoice.invoice_id as draft, invoice.net, coalesce(lines.net, 0) as sum_of_lines, coalesce(lines.lines, 0) as lines,
    invoice.vat, vat.vat as vat_table, vat.expected as vat_expected, invoice.gross
from invoice
left join lines using (invoice_id)
left join vat using (invoice_id)
where invoice.run_id = :run_id and (
    lines.lines is null or invoice.net <> coalesce(lines.net, 0) or invoice.vat <> coalesce(vat.vat, 0)
    or case invoice.kind when 'credit_note' then invoice.net > 0 or invoice.gross > 0
        else invoice.net < 0 or invoice.gross < 0 or vat.vat <> vat.expected end
)
order by invoice.payer_id, invoice.invoice_id
limit 20;
