-- One row per e-invoice that is recorded and not sent, of one run or of all (null): those tried least first, so that some that
-- never get through hold back no other.
-- returns: tasks.peppol.envelope.PendingEInvoice
select delivery.delivery_id, invoice.number, invoice.kind, delivery.payer_id, delivery.recipients, delivery.message_id,
    coalesce(document.path, '') as path, coalesce(document.sha256, '') as sha256
from delivery
join invoice using (invoice_id)
left join document on document.invoice_id = invoice.invoice_id and document.kind = 'e_invoice'
where delivery.purpose = 'e_invoice' and delivery.state = 'pending'
    and (cast(:run_id as integer) is null or delivery.run_id = cast(:run_id as integer))
order by delivery.attempts, invoice.number;
