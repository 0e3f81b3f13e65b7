-- One row per statement of an account that is in the ledger, in the order they were booked.
-- returns: billing.bank.Booked
select iban, number, to_day, opening, closing, layout
from bank_statement
where iban = :iban
order by statement_no;
