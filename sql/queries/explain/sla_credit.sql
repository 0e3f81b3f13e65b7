-- The SLA credit that a line of an invoice uses up: how much, and what was granted.
-- returns: tasks.explain.made_from.SlaUse
select use.credit_id, use.amount as used, credit.amount as granted, credit.granted_on, credit.reason
from credit_use as use
join sla_credit_at(:import_no) as credit using (credit_id)
where use.invoice_id = :invoice_id and use.line_seq = :line_seq;
