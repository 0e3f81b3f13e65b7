-- The earliest month in which there is anything to book.
-- returns: date
select date_trunc('month', least(
    (select min(issued_on) from invoice where number is not null), (select min(booked_on) from bank_movement),
    (select min(paid_on) from payment)
))::date;
