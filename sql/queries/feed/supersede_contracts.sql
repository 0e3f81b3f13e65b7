-- Ends the version in force of each row of contracts that the file on its way in gives with other content.
update contract c set superseded_import = cast(:import_no as integer)
from incoming_contracts n
where c.contract_id = n.contract_id and c.superseded_import is null
  and (c.payer_id, c.terms, c.signed_on, c.credit_approved_on, c.deposit_required, c.deposit_received_on, c.confirmed_on, c.starts_on,
       c.term_months, c.payment_days)
      is distinct from
      (n.payer_id, n.terms, n.signed_on, n.credit_approved_on, n.deposit_required, n.deposit_received_on, n.confirmed_on, n.starts_on,
       n.term_months, n.payment_days);
