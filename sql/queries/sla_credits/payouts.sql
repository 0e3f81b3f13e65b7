-- One row per credit that the close found to be paid out, as finance gets the list. Used is what invoices took of it.
-- returns: tasks.sla_credits.PayoutRow
select payout.credit_id, credit.contract_id, contract.payer_id, credit.granted_on, cast(credit.amount as numeric(14,2)) as amount,
    credit.amount - payout.amount as used, payout.amount as "left", credit.reason
from credit_payout as payout
join sla_credit_at(:import_no) as credit using (credit_id)
join contract_at(:import_no) as contract using (contract_id)
where payout.run_id = :run_id
order by contract.payer_id, credit.granted_on, payout.credit_id;
