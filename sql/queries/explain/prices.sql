-- Every version of the price of a product, as an import knew them.
-- returns: billing.prices.PriceVersion
select v.product, p.service, v.valid_from, v.unit_price, v.announced_on
from price_at(:import_no) as v
join product_at(:import_no) as p using (product)
where v.product = :product
order by v.valid_from;
