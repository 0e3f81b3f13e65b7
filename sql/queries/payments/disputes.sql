-- All disputes as last imported, open or closed, by invoice and the day they were opened. EUR including VAT.
-- returns: billing.disputes.Dispute
select record_id as dispute_id, record ->> 'invoice_number' as invoice_number, cast(record ->> 'opened_on' as date) as opened_on,
    cast(record ->> 'amount' as numeric(14,2)) as amount, record ->> 'phase' as phase,
    coalesce(cast(nullif(record ->> 'guarantee_amount', '') as numeric(14,2)), 0.00) as guarantee,
    cast(nullif(record ->> 'closed_on', '') as date) as closed_on
from feed_record
where table_name = 'disputes' and superseded_import is null
order by invoice_number, opened_on, dispute_id;
