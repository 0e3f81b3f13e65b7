-- One row per document that the portal shows a payer: those published, and those of the deliveries given, which are being published.
-- returns: tasks.portal.ShownDocument
select invoice.number, invoice.kind as invoice_kind, invoice.issued_on, invoice.due_on, invoice.gross, invoice.structured_reference,
    document.kind, document.end_client_id
from delivery
join invoice using (invoice_id)
join document using (invoice_id)
where delivery.payer_id = :payer_id and delivery.channel = 'portal' and delivery.purpose = 'invoice'
    and (delivery.state = 'sent' or delivery.delivery_id = any(cast(:delivery_ids as bigint[])))
order by invoice.issued_on, invoice.number, document.kind, document.end_client_id;
