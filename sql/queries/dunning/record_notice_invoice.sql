-- Records a document that a letter lists, with what is asked for of it.
insert into dunning_notice_invoice (notice_id, invoice_id, open_amount)
values (:notice_id, :invoice_id, :open_amount);
