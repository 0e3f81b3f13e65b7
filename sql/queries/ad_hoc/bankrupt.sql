-- One row per bankrupt end client, with the day its proof was received.
select end_client_id, min(received_on) as since
from termination_at(:import_no)
where ended_by = 'bankruptcy' and end_client_id is not null
group by end_client_id;
