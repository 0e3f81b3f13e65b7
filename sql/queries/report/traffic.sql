-- One row per status, kind and destination group of the usage a run rated, of parked payers and of those without a document apart; a session
-- past the roaming limit stands under the group of the surcharge. `charged` and `in_pack` in seconds, messages or bytes.
-- returns: tasks.close_comparison.TrafficRow
with line_of as materialized (
    select order_line.line_no, parked.payer_id is not null as is_parked, billed.payer_id is not null as is_billed
    from order_line_at(:import_no) as order_line
    join contract_at(:import_no) as contract using (contract_id)
    left join parked_payer as parked on parked.run_id = :run_id and parked.payer_id = contract.payer_id
    left join (select distinct payer_id from invoice where run_id = :run_id) as billed on billed.payer_id = contract.payer_id
),
counted as (
    select rated.status, rated.kind, case when rated.beyond > 0 then rated.beyond_rate_no else rated.rate_no end as rate_no,
        coalesce(line_of.is_parked, false) as is_parked, coalesce(line_of.is_billed, false) as is_billed,
        count(*) as records, sum(rated.charged) as charged, sum(rated.in_pack) as in_pack, sum(rated.price_cents) as cents
    from rated_usage as rated
    left join line_of using (line_no)
    where rated.run_id = :run_id
    group by 1, 2, 3, 4, 5
)
select counted.is_parked, counted.is_billed, counted.status, counted.kind, coalesce(rate.destination_group, '') as destination_group,
    sum(counted.records)::bigint as records, sum(counted.charged)::bigint as charged, sum(counted.in_pack)::bigint as in_pack,
    sum(counted.cents)::bigint as cents
from counted
left join rate using (rate_no)
group by 1, 2, 3, 4, 5
order by 1, 2, 3, 4, 5;
