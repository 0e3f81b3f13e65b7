-- One row per order line of a terminated contract or of an end client that is bankrupt, with the regime and term of its contract.
-- returns: tasks.leaving.LineRow
select line.line_no, line.line_id, line.contract_id, line.end_client_id, line.starts_on, line.ends_on, line.min_months, line.charged_through,
    contract.terms, contract.starts_on as contract_starts_on, contract.term_months
from order_line_at(:import_no) as line
join contract_at(:import_no) as contract using (contract_id)
where line.contract_id = any(:contract_ids) or line.end_client_id = any(:bankrupt)
order by line.line_no;
