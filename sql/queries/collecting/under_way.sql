-- One row per invoice in an accepted file whose money was not handed back: the day its account is debited on.
-- returns: tasks.collecting.under_way.UnderWay
select invoice.number, collection.collected_on
from collection_item as item
join collection using (collection_no)
join invoice using (invoice_id)
where collection.accepted and item.returned_by is null and collection.collected_on >= cast(:since as date)
order by invoice.number;
