-- One row per contract as the run sees it.
-- returns: billing.contract.Contract
select contract_id, payer_id, terms, signed_on, credit_approved_on, deposit_required, deposit_received_on, confirmed_on, starts_on, term_months
from contract_at(:import_no);
