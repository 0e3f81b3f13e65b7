-- One row per accepted file made on a day: how many debits and how much. EUR.
-- returns: tasks.collecting.receipt.FileMade
select collection.scheme, collection.collected_on, collection.message_id, collection.path, count(*) as debits, sum(item.amount) as amount
from collection
join collection_item as item using (collection_no)
where collection.accepted and collection.made_on = cast(:made_on as date)
group by collection_no
order by collection.scheme;
