-- One row per payer whose contracts say that a deposit was received, and deposits.csv shows less than they require. EUR.
select contract.payer_id as payer, string_agg(contract.contract_id, ', ' order by contract.contract_id) as contracts,
    sum(contract.deposit_required) as required, coalesce((
        select sum(amount) from deposit_at((select coalesce(max(import_no), 0) from import_run)) as received
        where received.payer_id = contract.payer_id and received.amount > 0), 0) as received
from contract_at((select coalesce(max(import_no), 0) from import_run)) as contract
where contract.deposit_required > 0 and contract.deposit_received_on is not null
group by contract.payer_id
having sum(contract.deposit_required) > coalesce((
    select sum(amount) from deposit_at((select coalesce(max(import_no), 0) from import_run)) as received
    where received.payer_id = contract.payer_id and received.amount > 0), 0)
order by contract.payer_id
limit 20;
