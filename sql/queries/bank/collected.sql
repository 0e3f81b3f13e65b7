-- One row per invoice in an accepted direct debit file, with what became of its money: `credit` is all that the movement brought which credits
-- it, `on_invoice` what of that went to the invoice. EUR.
-- returns: billing.collected.Item
select invoice.number, invoice.payer_id, collection.message_id, item.sequence, item.end_to_end_id, item.amount, item.credited_by,
    item.returned_by, coalesce(movement.amount, 0) as credit, coalesce(brought.amount, 0) as on_invoice
from collection_item as item
join collection using (collection_no)
join invoice using (invoice_id)
left join bank_movement as movement on movement.movement_no = item.credited_by
left join lateral (
    select sum(amount) as amount
    from allocation
    where allocation.invoice_id = item.invoice_id and allocation.movement_no = item.credited_by
) as brought on true
where collection.accepted
order by invoice.number;
