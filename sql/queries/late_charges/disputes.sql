-- All disputes as of an import, open or closed. EUR including VAT.
-- returns: billing.disputes.Dispute
select record_id as dispute_id, record ->> 'invoice_number' as invoice_number, cast(record ->> 'opened_on' as date) as opened_on,
    cast(record ->> 'amount' as numeric(14, 2)) as amount, record ->> 'phase' as phase,
    coalesce(cast(nullif(record ->> 'guarantee_amount', '') as numeric(14, 2)), 0.00) as guarantee,
    cast(nullif(record ->> 'closed_on', '') as date) as closed_on
from feed_record_at(:import_no, 'disputes')
order by invoice_number, opened_on, dispute_id;
