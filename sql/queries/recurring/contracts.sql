-- Every contract that has an order line or an ad-hoc charge, with its regime and the acts that bring it into force.
-- returns: billing.contract.Contract
select c.contract_id, c.payer_id, c.terms, c.signed_on, c.credit_approved_on, c.deposit_required, c.deposit_received_on, c.confirmed_on,
       c.starts_on, c.term_months
from contract_at(cast(:import_no as integer)) as c
where exists (select from order_line_at(cast(:import_no as integer)) as l where l.contract_id = c.contract_id)
    or exists (select from ad_hoc_charge_at(cast(:import_no as integer)) as asked where asked.contract_id = c.contract_id)
order by c.contract_id;
