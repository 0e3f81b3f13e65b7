-- Records a reminder; returns its key.
insert into dunning_notice (payer_id, policy, level, noticed_on, anchor_invoice_id, anchor_due_on, open_amount, fee, clause, delivery_id)
values (:payer_id, :policy, :level, :noticed_on, :anchor_invoice_id, :anchor_due_on, :open_amount, :fee, :clause, :delivery_id)
returning notice_id;
