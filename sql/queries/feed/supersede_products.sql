-- Ends the version in force of each row of products that the file on its way in gives with other content.
update product c set superseded_import = cast(:import_no as integer)
from incoming_products n
where c.product = n.product and c.superseded_import is null
  and (c.service, c.kind, c.timing, c.name_fr, c.name_nl, c.name_en, c.revenue_account)
      is distinct from
      (n.service, n.kind, n.timing, n.name_fr, n.name_nl, n.name_en, n.revenue_account);
