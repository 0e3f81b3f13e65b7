-- The order lines of contracts, as an import knows them.
-- returns: line_no
select line_no
from order_line_at(:import_no)
where contract_id = any(cast(:contract_ids as text[]))
order by line_no;
