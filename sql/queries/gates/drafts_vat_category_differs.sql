-- One row per draft and VAT category, with where its payer is.
select invoice.payer_id as payer, party.country, case when party.vat_number = '' then 'no VAT number' else 'VAT number' end as vat_number,
    line.vat_category, line.vat_rate, sum(line.net) as net
from invoice
join invoice_line as line using (invoice_id)
join party on party.party_id = invoice.payer_id and party.version = invoice.payer_version
where invoice.run_id = :run_id and invoice.kind = 'invoice' and line.charge not in ('fee', 'interest') and (
    (party.country = 'BE' and (line.vat_category <> 'S' or line.vat_rate <> 21))
    or (line.vat_category = 'AE' and (party.vat_number = '' or upper(party.vat_number) like 'BE%'))
)
group by 1, 2, 3, 4, 5
order by 1, 4
limit 20;
