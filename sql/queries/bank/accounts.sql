-- One row per account of others and payer it paid for.
-- returns: tasks.bank.matching.AccountOf
select distinct movement.counterparty_iban as iban, coalesce(invoice.payer_id, allocation.payer_id) as payer_id
from allocation
join bank_movement as movement using (movement_no)
left join invoice using (invoice_id)
where allocation.place in ('invoice', 'on_account') and allocation.amount > 0 and movement.counterparty_iban <> ''
order by iban, payer_id;
