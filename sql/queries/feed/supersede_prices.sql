-- Ends the version in force of each row of prices that the file on its way in gives with other content.
update price c set superseded_import = cast(:import_no as integer)
from incoming_prices n
where c.product = n.product and c.valid_from = n.valid_from and c.superseded_import is null
  and (c.unit_price, c.announced_on)
      is distinct from
      (n.unit_price, n.announced_on);
