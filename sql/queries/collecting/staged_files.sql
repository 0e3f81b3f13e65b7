-- One row per file that is not accepted yet: what stands in it, and what its rows say.
-- returns: tasks.collecting.measuring.StagedFile
select collection.message_id, collection.content, array_agg(item.end_to_end_id order by item.end_to_end_id) as end_to_end_ids,
    array_agg(cast(item.amount as text) order by item.end_to_end_id) as amounts
from collection
join collection_item as item using (collection_no)
where not collection.accepted
group by collection_no
order by collection.made_on, collection.scheme;
