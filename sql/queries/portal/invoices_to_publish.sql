-- One row per document of a payer that belongs on its portal and is not there under its name yet: those of the invoices given, and
-- those that an earlier release published.
-- returns: tasks.portal_contents.ToPublish
select invoice.number, document.kind, document.end_client_id, document.path, document.sha256,
    invoice.invoice_id = any(cast(:invoice_ids as bigint[])) as is_asked
from document
join invoice using (invoice_id)
where invoice.payer_id = :payer_id
    and (invoice.invoice_id = any(cast(:invoice_ids as bigint[])) or exists (
        select from delivery
        where delivery.invoice_id = invoice.invoice_id and delivery.purpose = 'invoice' and delivery.channel = 'portal'
            and delivery.state = 'sent'
    ))
    and not exists (
        select from portal_name
        where portal_name.payer_id = invoice.payer_id and portal_name.document = document.sha256 and published_at is not null
    )
order by invoice.number, document.kind, document.end_client_id;
