-- The document of a number; null when there is none.
-- returns: bigint
select invoice_id
from invoice
where number = :number;
