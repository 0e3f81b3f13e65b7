-- One row per invoice or debit note issued by a day that is open now and in no file that was accepted, of the payers given. EUR.
-- returns: tasks.collecting.gathering.OwedRow
with settled as (  -- paid and credited
    select invoice_id, sum(amount) as amount
    from (
        select invoice_id, amount from payment
        union all
        select credits_invoice_id, -gross from invoice where credits_invoice_id is not null and number is not null
    ) as each
    group by invoice_id
)
select invoice.invoice_id, invoice.number, invoice.payer_id, invoice.issued_on, invoice.due_on, invoice.structured_reference, party.name,
    invoice.gross - coalesce(settled.amount, 0) as open_amount
from invoice
join party on party.party_id = invoice.payer_id and party.version = invoice.payer_version
left join settled using (invoice_id)
where invoice.number is not null and invoice.kind in ('invoice', 'debit_note') and invoice.issued_on <= cast(:on as date)
    and invoice.payer_id = any(cast(:payer_ids as text[])) and invoice.gross > coalesce(settled.amount, 0)
    and not exists (
        select from collection_item join collection using (collection_no)
        where collection_item.invoice_id = invoice.invoice_id and collection.accepted
    )
order by invoice.due_on, invoice.number;
