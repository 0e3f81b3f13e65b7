-- One row per file with an open entry on the reject list: path.
-- returns: tasks.feed.importing.ListedPath
select distinct path
from feed_reject
where resolved_import is null
order by path;
