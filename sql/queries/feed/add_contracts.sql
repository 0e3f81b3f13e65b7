-- Adds a version for each row of contracts on its way in that is new or has changed; one in force already stays as it is.
insert into contract (contract_id, version, valid_import,
    payer_id, terms, signed_on, credit_approved_on, deposit_required, deposit_received_on, confirmed_on, starts_on, term_months,
    payment_days)
select n.contract_id, coalesce((select max(v.version) from contract v where v.contract_id = n.contract_id), 0) + 1, cast(:import_no as integer),
    n.payer_id, n.terms, n.signed_on, n.credit_approved_on, n.deposit_required, n.deposit_received_on, n.confirmed_on, n.starts_on,
    n.term_months, n.payment_days
from incoming_contracts n
where not exists (select 1 from contract v where v.contract_id = n.contract_id and v.superseded_import is null)
order by n.contract_id;
