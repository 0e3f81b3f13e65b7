-- Every version of the price list, with the service of its product.
-- returns: billing.prices.PriceVersion
select v.product, p.service, v.valid_from, v.unit_price, v.announced_on
from price_at(cast(:import_no as integer)) as v
join product_at(cast(:import_no as integer)) as p on p.product = v.product
order by v.product, v.valid_from;
