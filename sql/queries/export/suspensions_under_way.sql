-- One row per contract of an end client on minimum service for non-payment on a day, whose service no order or termination ends by then.
-- returns: tasks.leaving_files.SuspendedRow
select suspension.end_client_id, contract.payer_id, contract.contract_id, min(suspension.starts_on) as suspended_since, min(suspension.clause) as clause
from suspension_at(:import_no) as suspension
join order_line_at(:import_no) as line on line.end_client_id = suspension.end_client_id
join contract_at(:import_no) as contract using (contract_id)
where suspension.clause like 'GC-9.1%'
    and suspension.starts_on <= cast(:on as date) and coalesce(suspension.ends_on, 'infinity') >= cast(:on as date)
    and line.starts_on <= cast(:on as date) and coalesce(line.ends_on, 'infinity') >= cast(:on as date)
    and not exists (
        select from termination_at(:import_no) as termination
        where termination.received_on <= cast(:on as date) and (
            (termination.ended_by = 'bankruptcy' and termination.end_client_id = line.end_client_id)
            or (termination.ended_by <> 'bankruptcy' and termination.contract_id = line.contract_id
                and coalesce(termination.line_id, line.line_id) = line.line_id
                and coalesce(termination.end_client_id, line.end_client_id) = line.end_client_id)))
group by suspension.end_client_id, contract.payer_id, contract.contract_id
order by suspension.end_client_id, contract.contract_id;
