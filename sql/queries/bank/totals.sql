-- One row: the money ledger in all, EUR: what came in less what was handed back, and where it is.
-- returns: tasks.bank.receipt.LedgerTotals
select
    cast(coalesce(sum(amount) filter (where place <> 'aside'), 0) as numeric(14,2)) as received,
    cast(coalesce(sum(amount) filter (where place = 'invoice'), 0) as numeric(14,2)) as on_invoices,
    cast(coalesce(sum(amount) filter (where place = 'on_account'), 0) as numeric(14,2)) as on_account,
    cast(coalesce(sum(amount) filter (where place = 'unmatched'), 0) as numeric(14,2)) as unmatched
from allocation;
