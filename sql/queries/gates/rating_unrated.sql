-- One row per start of the called numbers that no rate was found for, and per country where that is what has none, the most frequent first.
select product.service as deck,
    case rated.reason when 9 then usage_record.visited_country when 11 then 'EU, beyond the limit' else '' end as used_in,
    (array['voice', 'sms', 'data'])[rated.kind] as kind, left(abs(usage_record.callee_key)::text, 5) || '…' as numbers_starting,
    count(*) as records,
    min(rated.started_at) as first_started, min(usage_record.usage_id) as for_instance
from rated_usage as rated
join usage_record using (usage_no)
left join order_line_at(:import_no) as line on line.line_no = rated.line_no
left join product_at(:import_no) as product using (product)
where rated.run_id = :run_id and rated.status = 5
group by 1, 2, 3, 4
order by records desc, 1, 2, 3, 4
limit 20;
