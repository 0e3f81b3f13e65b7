-- Ends the version in force of each row of order_lines that the file on its way in gives with other content.
update order_line c set superseded_import = cast(:import_no as integer)
from incoming_order_lines n
where c.line_id = n.line_id and c.superseded_import is null
  and (c.contract_id, c.end_client_id, c.product, c.quantity, c.unit_price, c.starts_on, c.ends_on, c.min_months, c.charged_through)
      is distinct from
      (n.contract_id, n.end_client_id, n.product, n.quantity, n.unit_price, n.starts_on, n.ends_on, n.min_months, n.charged_through);
