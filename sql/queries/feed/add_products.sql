-- Adds a version for each row of products on its way in that is new or has changed; one in force already stays as it is.
insert into product (product, version, valid_import,
    service, kind, timing, name_fr, name_nl, name_en, revenue_account)
select n.product, coalesce((select max(v.version) from product v where v.product = n.product), 0) + 1, cast(:import_no as integer),
    n.service, n.kind, n.timing, n.name_fr, n.name_nl, n.name_en, n.revenue_account
from incoming_products n
where not exists (select 1 from product v where v.product = n.product and v.superseded_import is null)
order by n.product;
