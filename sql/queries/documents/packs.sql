-- One row per pool that the run drew from for an end client on the invoices given, by month: what it gave, and what is drawn of it by now.
-- returns: tasks.document_records.PackRow
with invoiced as (
    select distinct invoice_id, contract_id, end_client_id
    from invoice_line
    where invoice_id = any(cast(:invoice_ids as bigint[]))
)
select
    invoiced.invoice_id, invoiced.end_client_id, pool.destination_group, pool.unit, pool.month,
    cast(pool.used + coalesce((
        select sum(other.used)
        from pool_use as other
        join run_step as theirs on theirs.run_id = other.run_id and theirs.step = 'drafts'
        join run_step as ours on ours.run_id = pool.run_id and ours.step = 'drafts'
        where (other.contract_id, other.end_client_id, other.destination_group, other.unit, other.month)
            = (pool.contract_id, pool.end_client_id, pool.destination_group, pool.unit, pool.month)
            and other.released_by is null and coalesce(theirs.staged_at, theirs.accepted_at) < coalesce(ours.staged_at, ours.accepted_at)
    ), 0) as bigint) as used,
    pool.allowance
from invoiced
join pool_use as pool
    on pool.run_id = :run_id and pool.contract_id = invoiced.contract_id and pool.end_client_id = invoiced.end_client_id
order by invoiced.invoice_id, invoiced.end_client_id, pool.destination_group, pool.unit, pool.month, pool.contract_id;
