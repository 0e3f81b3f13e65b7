-- The version of a price in the list, as an import knew it.
-- returns: tasks.explain.made_from.ListPrice
select valid_from, version, valid_import, unit_price, announced_on
from price_at(:import_no)
where product = :product and valid_from = cast(:valid_from as date);
