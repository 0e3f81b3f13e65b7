-- One value: the payer of an invoice.
select payer_id from invoice where invoice_id = :invoice_id;
