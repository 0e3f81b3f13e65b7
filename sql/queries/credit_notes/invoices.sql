-- One row per invoice given, with its payer as known now.
-- returns: tasks.credited.CreditedInvoice
select invoice.invoice_id, invoice.run_id, invoice.number, invoice.kind, invoice.issued_on, invoice.payment_days, invoice.payer_id,
    coalesce(party.version, invoice.payer_version) as payer_version
from invoice
left join party_at(:import_no) as party on party.party_id = invoice.payer_id
where invoice.invoice_id = any(cast(:invoice_ids as bigint[])) and invoice.number is not null
order by invoice.number;
