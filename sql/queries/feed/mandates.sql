-- One row per mandate in the feed, by payer and day of signature, with the accounts that were debited under it.
-- returns: tasks.feed.mandates.KnownMandate
select kept.record_id as mandate_id, kept.record ->> 'payer_id' as payer_id, cast(kept.record ->> 'signed_on' as date) as signed_on,
    cast(nullif(kept.record ->> 'ends_on', '') as date) as ends_on,
    array(
        select distinct item.iban
        from collection_item as item join collection using (collection_no)
        where item.mandate_id = kept.record_id and collection.accepted
        order by item.iban
    ) as debited
from feed_record as kept
where kept.table_name = 'mandates' and kept.superseded_import is null
order by 2, 3, 1;
