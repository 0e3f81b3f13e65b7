-- Records what a file fetches for an invoice.
insert into collection_item (collection_no, invoice_id, mandate_id, sequence, iban, amount, end_to_end_id)
values (:collection_no, :invoice_id, :mandate_id, :sequence, :iban, :amount, :end_to_end_id);
