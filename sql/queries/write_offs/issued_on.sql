-- The day an invoice was issued, none for a number that was never given.
-- returns: date
select issued_on from invoice where number = :number;
