-- One row per account of ours with a statement: the last one booked. EUR.
-- returns: tasks.status_money.AccountRow
select distinct on (iban) iban, number, to_day, closing
from bank_statement
order by iban, to_day desc, statement_no desc;
