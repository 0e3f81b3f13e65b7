-- One row: what is wrong with the direct debits that were recorded and not accepted yet.
with settled as (  -- paid and credited
    select invoice_id, sum(amount) as amount
    from (
        select invoice_id, amount from payment
        union all
        select credits_invoice_id, -gross from invoice where credits_invoice_id is not null and number is not null
    ) as each
    group by invoice_id
),
disputed as (
    select dispute.record ->> 'invoice_number' as number, sum(cast(dispute.record ->> 'amount' as numeric)) as amount
    from feed_record as dispute
    where dispute.table_name = 'disputes' and dispute.superseded_import is null
        and cast(dispute.record ->> 'opened_on' as date) <= cast(:on as date)
        and (coalesce(dispute.record ->> 'closed_on', '') = '' or cast(dispute.record ->> 'closed_on' as date) > cast(:on as date))
    group by 1
),
mandate as (
    select * from mandate_at((select coalesce(max(import_no), 0) from import_run))
),
items as (
    select item.*, collection.collected_on, collection.scheme, invoice.payer_id, invoice.due_on,
        invoice.gross - coalesce(settled.amount, 0) as open_amount, coalesce(disputed.amount, 0) as disputed,
        (select count(*) from collection_item as other where other.invoice_id = item.invoice_id) as times,
        exists (
            select from mandate
            where mandate.mandate_id = item.mandate_id and mandate.payer_id = invoice.payer_id and mandate.iban = item.iban
                and mandate.scheme = collection.scheme and mandate.signed_on <= collection.collected_on
                and (mandate.ends_on is null or mandate.ends_on >= collection.collected_on)
        ) as agreed
    from collection_item as item
    join collection using (collection_no)
    join invoice using (invoice_id)
    left join settled using (invoice_id)
    left join disputed using (number)
    where not collection.accepted
)
select count(*) filter (where open_amount <= 0) as paid_invoice,
    count(*) filter (where open_amount > 0 and disputed > 0 and amount > open_amount - disputed) as disputed_invoice,
    count(*) filter (where open_amount > 0 and amount > open_amount) as above_open,
    count(*) filter (where collected_on < due_on) as before_due,
    count(*) filter (where not agreed) as without_mandate,
    count(*) filter (where times > 1) as collected_twice
from items;
