-- One row per dispute that is open on a day of invoices of the payers given; amounts in EUR including VAT.
-- returns: reports.statement.Dispute
select dispute.record_id as dispute_id, invoice.number as invoice_number, cast(dispute.record ->> 'opened_on' as date) as opened_on,
    cast(dispute.record ->> 'amount' as numeric(14,2)) as amount, dispute.record ->> 'phase' as phase,
    cast(nullif(dispute.record ->> 'guarantee_amount', '') as numeric(14,2)) as guarantee_amount,
    invoice.payer_id
from feed_record as dispute
join invoice on invoice.number = dispute.record ->> 'invoice_number' and invoice.payer_id = any(cast(:payer_ids as text[]))
where dispute.table_name = 'disputes' and dispute.superseded_import is null
    and cast(dispute.record ->> 'opened_on' as date) <= cast(:on as date)
    and coalesce(cast(nullif(dispute.record ->> 'closed_on', '') as date) > cast(:on as date), true)
order by opened_on, dispute_id;
