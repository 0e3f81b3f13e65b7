-- One row per suspension order that waits for the approval of finance, oldest first.
-- returns: tasks.status_money.ProposedRow
select order_no, payer_id, ordered_on
from suspension_order
where state = 'proposed'
order by order_no;
