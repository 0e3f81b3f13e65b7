-- Ends the version in force of each row of packs that the file on its way in gives with other content.
update pack c set superseded_import = cast(:import_no as integer)
from incoming_packs n
where c.product = n.product and c.valid_from = n.valid_from and c.destination_group = n.destination_group and c.superseded_import is null
  and (c.minutes, c.data_mb)
      is distinct from
      (n.minutes, n.data_mb);
