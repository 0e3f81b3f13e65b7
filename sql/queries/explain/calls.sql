-- The records behind a usage line, dearest first: the seconds (messages, bytes) the pack covered and those charged, and their rates.
-- `increments` is whether the deck's increments apply. The called number is not read. A session past the roaming limit is of the group of
-- the surcharge; where nothing of it was left to price at a rate of its own, it is shown with the surcharge.
-- returns: tasks.explain.made_from.Call
select
    record.usage_id, rated.started_at, rated.kind, rated.in_pack, rated.charged, rated.price_cents, rated.beyond,
    rate.deck, rate.prefix, rate.destination, rate.valid_from, rate.per_minute_micro, rate.setup_micro,
    rate.first_increment, rate.next_increment,
    coalesce(extra.per_minute_micro, 0) as beyond_per_minute_micro, coalesce(extra.setup_micro, 0) as beyond_setup_micro
from rated_usage as rated
join rate on rate.rate_no = case when rated.rate_no > 0 then rated.rate_no else rated.beyond_rate_no end
join usage_record as record using (usage_no)
left join rate as extra on extra.rate_no = rated.beyond_rate_no
where rated.run_id = :run_id and rated.line_no = :line_no and rated.status in (1, 2)
    and coalesce(extra.destination_group, rate.destination_group) = :destination_group
order by rated.price_cents desc, rated.started_at, record.usage_id;
