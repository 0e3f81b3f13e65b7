-- Records that a copy of an invoice was asked for, once a day and address; one that failed gets another chance.
insert into delivery (purpose, invoice_id, payer_id, channel, recipients, message_id, asked_by, asked_on)
select 'copy', invoice.invoice_id, invoice.payer_id, 'email', :recipients,
    '<' || invoice.number || '.copy-'
        || (select count(*) + 1 from delivery as copy where copy.invoice_id = invoice.invoice_id and copy.purpose = 'copy')
        || '@' || cast(:domain as text) || '>',
    :asked_by, cast(:asked_on as date)
from invoice
where invoice.invoice_id = :invoice_id
on conflict (invoice_id, recipients, asked_on) where purpose = 'copy' and asked_by <> ''
do update set state = 'pending', last_error = '' where delivery.state = 'failed';
