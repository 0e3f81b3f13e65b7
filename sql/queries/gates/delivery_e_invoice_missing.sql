-- One row per issued invoice that has an e-invoice nobody has tried to hand over, of payers with a Peppol id or a Belgian VAT number.
select invoice.number, invoice.payer_id as payer, party.peppol_id, party.vat_number
from invoice
join run on run.run_id = invoice.run_id and not run.of_earlier_release
join party on party.party_id = invoice.payer_id and party.version = invoice.payer_version
where invoice.run_id = :run_id and invoice.number is not null and (party.peppol_id <> '' or party.country = 'BE' and party.vat_number <> '')
    and not exists (select from delivery where delivery.invoice_id = invoice.invoice_id and delivery.purpose = 'e_invoice')
order by invoice.number
limit 20;
