-- Adds a version for each row of packs on its way in that is new or has changed; one in force already stays as it is.
insert into pack (product, valid_from, destination_group, version, valid_import,
    minutes, data_mb)
select n.product, n.valid_from, n.destination_group, coalesce((select max(v.version) from pack v where v.product = n.product and v.valid_from = n.valid_from and v.destination_group = n.destination_group), 0) + 1, cast(:import_no as integer),
    n.minutes, n.data_mb
from incoming_packs n
where not exists (select 1 from pack v where v.product = n.product and v.valid_from = n.valid_from and v.destination_group = n.destination_group and v.superseded_import is null)
order by n.product, n.valid_from, n.destination_group;
