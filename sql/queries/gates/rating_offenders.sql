-- One row per rated record with something that must never be: a wrong quantity, price, rate or time.
select usage_record.usage_id as usage, line.line_id as line, rated.started_at as started, usage_record.quantity,
    rated.in_pack, rated.charged, rated.price_cents, rate.deck, rate.prefix, rate.valid_from as rate_valid_from
from rated_usage as rated
join usage_record using (usage_no)
left join line on line.line_no = rated.line_no
left join rate on rate.rate_no = case when rated.beyond > 0 then rated.beyond_rate_no else rated.rate_no end
where rated.run_id = :run_id and (
    (rated.status in (1, 2) and rated.in_pack + rated.charged <> usage_record.quantity)
    or rated.status not between 1 and 5
    or rated.started_at >= (select cutoff from usage_window where run_id = :run_id)
    or rated.price_cents < 0
    or (rated.beyond > 0) <> (rated.beyond_rate_no > 0)
    or rated.beyond not between 0 and case when rated.status in (1, 3) then rated.charged else 0 end
    or (rated.status in (2, 3, 4, 5) and rated.price_cents <> 0)
    or (rated.status = 1 and rate.rate_no is null)
    or (rated.status = 1 and rated.started_at < cast(rate.valid_from as timestamp) at time zone 'Europe/Brussels')
    or (rated.status in (1, 2) and (rate.destination_group = 'emergency' or usage_record.callee_key = any(cast(:emergency_keys as bigint[]))))
)
order by rated.usage_no
limit 20;
