-- One row per end client of each of these contracts: those with an order line under it, and its payer.
-- returns: contract_id, end_client_id
select contract_id, end_client_id from order_line where superseded_import is null and contract_id = any(cast(:contract_ids as text[]))
union
select contract_id, payer_id from contract where superseded_import is null and contract_id = any(cast(:contract_ids as text[]))
order by contract_id, end_client_id;
