-- One row per record dearer than the setting, the dearest first.
select usage_record.usage_id as usage, line.line_id as line, rated.started_at as started, rate.destination, rated.charged,
    round(rated.price_cents / 100.0, 2) as eur
from rated_usage as rated
join usage_record using (usage_no)
left join line on line.line_no = rated.line_no
left join rate on rate.rate_no = case when rated.beyond > 0 then rated.beyond_rate_no else rated.rate_no end
where rated.run_id = :run_id and rated.price_cents > cast(:call_price_at_most as numeric) * 100
order by rated.price_cents desc, usage_no
limit 20;
