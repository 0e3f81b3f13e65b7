-- One row per Telavox price that takes effect later than its first day, or never, for want of 30 days' written notice.
with versions as (
    select price.*, product.service, row_number() over (partition by price.product order by price.valid_from) > 1 as is_change
    from price_at(:import_no) as price
    join product_at(:import_no) as product using (product)
)
select versions.product, versions.valid_from, versions.announced_on, versions.announced_on + 30 as applies_from, versions.unit_price
from versions
join run on run.run_id = :run_id
where service = 'telavox' and is_change and (announced_on is null or announced_on + 30 > valid_from)
    and valid_from between run.period - interval '1 month' and run.period + interval '2 months'
order by versions.product, versions.valid_from
limit 20;
