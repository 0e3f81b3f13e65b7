-- Records a letter; returns its key.
insert into dunning_notice (payer_id, policy, segment, level, noticed_on, anchor_invoice_id, anchor_due_on, open_amount, fee, recovery_cost,
    clause, pay_by, next_on, order_no, path, delivery_id)
values (:payer_id, :policy, :segment, :level, :noticed_on, :anchor_invoice_id, :anchor_due_on, :open_amount, :fee, :recovery_cost,
    :clause, :pay_by, :next_on, :order_no, :path, :delivery_id)
returning notice_id;
