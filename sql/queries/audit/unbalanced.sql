-- Documents of a run whose totals are not those of their lines or of their VAT table, in words.
select
    invoice.number,
    'its lines add up to ' || lines.net || ', its VAT table to ' || vat.base || ' and ' || vat.vat as adds_up,
    'net ' || invoice.net || ', VAT ' || invoice.vat || ', gross ' || invoice.gross as says
from invoice
cross join lateral (select coalesce(sum(net), 0) as net from invoice_line where invoice_id = invoice.invoice_id) as lines
cross join lateral (
    select coalesce(sum(base), 0) as base, coalesce(sum(vat), 0) as vat from invoice_vat where invoice_id = invoice.invoice_id
) as vat
where invoice.run_id = :run_id
    and (lines.net, vat.base, vat.vat, invoice.net + invoice.vat) is distinct from (invoice.net, invoice.net, invoice.vat, invoice.gross)
order by invoice.number;
