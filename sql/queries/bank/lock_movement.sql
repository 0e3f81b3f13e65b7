-- Locks a movement, so that one at a time decides where its money goes.
select movement_no
from bank_movement
where movement_no = :movement_no
for update;
