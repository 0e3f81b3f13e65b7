-- Forgets the grounds of an order that nobody has decided about, to write those of today.
delete from suspension_ground
using suspension_order
where suspension_order.order_no = suspension_ground.order_no and suspension_order.order_no = :order_no and suspension_order.state = 'proposed';
