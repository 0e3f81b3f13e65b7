-- All mandates as of an import, by payer and day of signature.
-- returns: billing.collections.Mandate
select mandate_id, payer_id, iban, bic, holder, signed_on, scheme, ends_on
from mandate_at(cast(:import_no as integer))
order by payer_id, signed_on, mandate_id;
