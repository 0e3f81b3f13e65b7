-- Puts a part of a movement in its place; on an invoice it is a payment of it, made on the day the money was booked by the bank.
with placed as (
    insert into allocation (movement_no, place, invoice_id, payer_id, amount, how, returns_movement_no, decided_by)
    values (:movement_no, :place, (select invoice_id from invoice where number = cast(:number as text)), cast(:payer_id as text), :amount, :how,
        cast(:returns_movement_no as bigint), :decided_by)
    returning allocation_no, movement_no, invoice_id, amount
)
insert into payment (invoice_id, amount, paid_on, movement_no, allocation_no)
select placed.invoice_id, placed.amount, bank_movement.booked_on, placed.movement_no, placed.allocation_no
from placed
join bank_movement using (movement_no)
where placed.invoice_id is not null;
