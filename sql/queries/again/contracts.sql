-- The contracts that an invoice bills: those of its payer, with its payment days unless it was payable on receipt.
-- returns: contract_id
select contract.contract_id
from invoice
join contract_at(:import_no) as contract on contract.payer_id = invoice.payer_id
where invoice.invoice_id = :invoice_id and (cast(:on_receipt as boolean) or contract.payment_days = invoice.payment_days)
order by contract.contract_id;
