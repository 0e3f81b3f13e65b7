-- One row per way the elements of the inventory went: counted on a line, or why not. What nothing explains is in no row of `why` but ''.
-- returns: tasks.close_reconciliation.ElementsRow
with this as (
    select run_on, snapshot_on from run where run_id = :run_id
),
shown as (
    select line_no, kind, count(*) as elements
    from inventory_element
    where snapshot_on = (select snapshot_on from this)
    group by line_no, kind
),
ended as (  -- the first day without service of each line that a termination ended
    select line_no, max(past_day) as past_day from line_ending where run_id <= :run_id group by line_no
),
charged as (
    select distinct line_no from recurring_charge where run_id = :run_id
),
charged_before as (
    select distinct line_no from recurring_charge where run_id < :run_id and upper(days) > (select run_on from this)
)
select case
        when ordered.line_no is null then 'no_line'
        when product.kind is distinct from shown.kind then 'other_kind'
        when parked.payer_id is not null then 'parked'
        when waiting.contract_id is not null then 'not_in_force'
        when charged.line_no is not null then 'counted'
        when ordered.starts_on > (select run_on from this) then 'not_begun'
        when least(ordered.ends_on + 1, ended.past_day) <= (select run_on from this) then 'ended'
        when charged_before.line_no is not null or ordered.charged_through >= (select run_on from this) then 'billed_before'
        when product.timing = 'at_order' then 'at_order'
        else ''
    end as why,
    sum(shown.elements)::bigint as elements
from shown
left join order_line_at(:import_no) as ordered using (line_no)
left join product_at(:import_no) as product using (product)
left join contract_at(:import_no) as contract using (contract_id)
left join parked_payer as parked on parked.run_id = :run_id and parked.payer_id = contract.payer_id
left join contract_not_in_force as waiting on waiting.run_id = :run_id and waiting.contract_id = contract.contract_id
left join charged using (line_no)
left join charged_before using (line_no)
left join ended using (line_no)
group by 1
order by 1;
