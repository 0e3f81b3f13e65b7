-- One row per order line in force of these contracts or with one of these ids: whose it is, and when it and its contract begin.
-- returns: tasks.feed.terminations.OrderedLine
select line.line_id, line.contract_id, line.end_client_id, line.starts_on, contract.starts_on as contract_starts_on
from order_line as line
join contract on contract.contract_id = line.contract_id and contract.superseded_import is null
where line.superseded_import is null and (line.contract_id = any(:contract_ids) or line.line_id = any(:line_ids))
order by line.line_id;
