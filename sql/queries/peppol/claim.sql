-- One row when the delivery still waits and nobody else is sending it; held until the transaction ends.
-- returns: int
select delivery_id from delivery where delivery_id = :delivery_id and state = 'pending' for update skip locked;
