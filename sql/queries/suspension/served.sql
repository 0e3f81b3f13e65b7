-- One row per end client with a running service under a contract of the payers given: begun, and neither ended nor interrupted by a bankruptcy.
-- returns: billing.suspension_grounds.Served
select distinct contract.payer_id, line.end_client_id, party.name
from contract_at(:import_no) as contract
join order_line_at(:import_no) as line using (contract_id)
join party_at(:import_no) as party on party.party_id = line.end_client_id
where contract.payer_id = any(cast(:payer_ids as text[]))
    and line.starts_on <= cast(:on as date) and coalesce(line.ends_on, 'infinity') >= cast(:on as date)
    and not exists (
        select from line_ending as ending where ending.line_no = line.line_no and ending.past_day <= cast(:on as date))
    and not exists (
        select from termination_at(:import_no) as termination
        where termination.ended_by = 'bankruptcy' and termination.end_client_id = line.end_client_id
            and termination.received_on <= cast(:on as date))
order by contract.payer_id, line.end_client_id;
