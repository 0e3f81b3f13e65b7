-- One row per termination that a run of a day knows: received by then, as the feed had it at an import.
-- returns: billing.leaving.Termination
select termination_id, contract_id, line_id, end_client_id, ended_by as "by", received_on, requested_on, client_breach, proof
from termination_at(:import_no)
where received_on <= cast(:on as date)
order by termination_id;
