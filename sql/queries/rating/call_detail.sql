-- One row per call, message or data session of these payers that the run billed or took from a pack, by line and time. Calls to free
-- (0800), emergency and help numbers stay out: they never appear on an invoice or its annex.
-- returns: tasks.call_detail.DetailRow
select
    contract.payer_id, order_line.end_client_id, order_line.line_id,
    rated.started_at, rated.kind, rated.callee_key, coalesce(rate.destination, '') as destination,
    coalesce(rate.destination_group, '') as destination_group, rated.in_pack + rated.charged as quantity, rated.in_pack, rated.price_cents
from contract_at(:import_no) as contract
join order_line_at(:import_no) as order_line using (contract_id)
join rated_usage as rated using (line_no)
left join rate using (rate_no)
where rated.run_id = :run_id and rated.status in (1, 2)
    and contract.payer_id = any(cast(:payers as text[]))
    and cast(rated.callee_key as text) not like '32800%'
    and coalesce(rate.destination_group, '') <> 'emergency'
order by contract.payer_id, order_line.end_client_id, order_line.line_id, rated.started_at, rated.usage_no;
