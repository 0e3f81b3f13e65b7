-- Adds a version for each row of prices on its way in that is new or has changed; one in force already stays as it is.
insert into price (product, valid_from, version, valid_import,
    unit_price, announced_on)
select n.product, n.valid_from, coalesce((select max(v.version) from price v where v.product = n.product and v.valid_from = n.valid_from), 0) + 1, cast(:import_no as integer),
    n.unit_price, n.announced_on
from incoming_prices n
where not exists (select 1 from price v where v.product = n.product and v.valid_from = n.valid_from and v.superseded_import is null)
order by n.product, n.valid_from;
