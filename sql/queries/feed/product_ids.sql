-- One row per product in force: id.
-- returns: tasks.feed.known._Id
select product as id
from product
where superseded_import is null;
