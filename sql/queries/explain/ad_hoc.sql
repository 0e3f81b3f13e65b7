-- The ad-hoc charges of a run that an invoice line may show, in the order they are shown.
-- returns: tasks.explain.made_from.AdHocRow
select charge_id, product, description, charged_on, quantity, unit_price, net, clause
from ad_hoc_charge
where run_id = :run_id and contract_id = :contract_id and end_client_id = :end_client_id and product = :product
    and charged_on = cast(:on as date) and net = cast(:net as numeric)
order by charge_id;
