-- One row per pack, destination group and day its content changes.
-- returns: billing.packs.PackContent
select product, valid_from, destination_group, minutes, data_mb
from pack_at(:import_no);
