-- One row per mandate that an account was debited under.
select distinct mandate_id
from collection_item
join collection using (collection_no)
where collection.accepted
order by mandate_id;
