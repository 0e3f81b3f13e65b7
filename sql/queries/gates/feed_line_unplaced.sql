-- One row per order line whose contract, product or end client is not in the feed.
select line.line_id as line, line.contract_id as contract, line.product, line.end_client_id as end_client
from order_line_at((select coalesce(max(import_no), 0) from import_run)) as line
where not exists (select from contract_at((select coalesce(max(import_no), 0) from import_run)) as contract where contract.contract_id = line.contract_id)
    or not exists (select from product_at((select coalesce(max(import_no), 0) from import_run)) as product where product.product = line.product)
    or not exists (select from party_at((select coalesce(max(import_no), 0) from import_run)) as party where party.party_id = line.end_client_id)
order by line.line_id
limit 20;
