-- One row per payer of a contract, as of an import: the shortest term of payment of its contracts.
select payer_id, min(payment_days) as payment_days
from contract_at(:import_no)
group by payer_id;
