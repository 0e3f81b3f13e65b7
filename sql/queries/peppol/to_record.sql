-- One row per issued invoice of a run whose e-invoice is not in the outbox, with what says where its payer is reached; none for a run of
-- a release that drew no e-invoices.
-- returns: tasks.peppol.recording.ToRecord
select invoice.invoice_id, invoice.number, invoice.payer_id, party.peppol_id, party.country, party.vat_number
from invoice
join party on party.party_id = invoice.payer_id and party.version = invoice.payer_version
join run on run.run_id = invoice.run_id and not run.of_earlier_release
where invoice.run_id = :run_id and invoice.number is not null
    and not exists (select from delivery where delivery.invoice_id = invoice.invoice_id and delivery.purpose = 'e_invoice')
order by invoice.number;
