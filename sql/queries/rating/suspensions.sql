-- One row per stretch of minimum service that an end client has or had, as the run sees it.
-- returns: billing.minimum_service.Suspension
select end_client_id, starts_on, ends_on
from suspension_at(:import_no)
order by end_client_id, starts_on;
