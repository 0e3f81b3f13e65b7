-- One row per deposit or guarantee asked of the payers given, as now known.
-- returns: billing.suspension_grounds.Request
select request_id, payer_id, requested_on, amount, due_by
from deposit_request_at(:import_no)
where payer_id = any(cast(:payer_ids as text[]));
