-- One row per movement of which something is unmatched, the largest first; EUR.
select movement_no as movement, movement.booked_on, movement.amount, sum(allocation.amount) as unmatched
from allocation
join bank_movement as movement using (movement_no)
where allocation.place = 'unmatched'
group by movement_no, movement.booked_on, movement.amount
having sum(allocation.amount) <> 0
order by abs(sum(allocation.amount)) desc, movement_no
limit 20;
