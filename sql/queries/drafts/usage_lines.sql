-- One row per order line and destination group with calls to pay: quantity = calls charged, net = their prices (BT-2.c).
-- A session of data past the roaming limit stands under the group of the surcharge (GC-6.3).
-- The group stands in `product`; what a language calls it is the wording's, so the names are empty.
-- returns: tasks.drafts.ChargedLine
with calls as (
    select
        rated.line_no, rate.destination_group,
        count(*) filter (where rated.price_cents > 0) as charged_calls,
        sum(rated.price_cents) as cents,
        min(rated.started_at) filter (where rated.price_cents > 0) as first_call,
        max(rated.started_at) filter (where rated.price_cents > 0) as last_call,
        sum(rated.charged) filter (where rated.kind = 1) as seconds,
        sum(rated.in_pack) filter (where rated.kind = 1) as in_pack,
        sum(rated.charged) filter (where rated.kind = 3) as bytes,
        sum(rated.in_pack) filter (where rated.kind = 3) as bytes_in_pack,
        bool_or(rated.beyond > 0) as is_surcharged
    from rated_usage as rated
    join rate on rate.rate_no = case when rated.beyond > 0 then rated.beyond_rate_no else rated.rate_no end
    where rated.run_id = :run_id and rated.status in (1, 2)
    group by rated.line_no, rate.destination_group
    having sum(rated.price_cents) > 0
)
select
    contract.payer_id, contract.payment_days, contract.contract_id, order_line.end_client_id, order_line.line_id,
    calls.destination_group as product, product.service, '' as name_fr, '' as name_nl, '' as name_en,
    'usage' as charge,
    cast(calls.first_call at time zone 'Europe/Brussels' as date) as from_day,
    cast(calls.last_call at time zone 'Europe/Brussels' as date) as to_day,
    calls.charged_calls::numeric as quantity, cast(null as numeric) as unit_price, calls.cents / 100.0 as net,
    case
        when calls.is_surcharged then 'GC-6.3'
        when product.service = 'sip_trunking' then 'ST-2.c'
        when product.service = 'telavox' then 'GC-5.2'
        else 'BT-2.c'
    end as clause,
    case
        when calls.seconds is null and calls.bytes is not null then 'usage bytes=' || calls.bytes || ' in_pack=' || coalesce(calls.bytes_in_pack, 0)
        else 'usage seconds=' || coalesce(calls.seconds, 0) || ' in_pack=' || coalesce(calls.in_pack, 0)
    end as note
from calls
join order_line_at(:import_no) as order_line using (line_no)
join contract_at(:import_no) as contract using (contract_id)
join product_at(:import_no) as product using (product)
order by payer_id, end_client_id, contract_id, line_id, product;
