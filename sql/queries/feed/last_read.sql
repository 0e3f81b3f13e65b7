-- One row per file: what was last imported of it.
-- returns: tasks.feed.importing.LastRead
select distinct on (path) path, sha256, rows_rejected
from feed_file
order by path, import_no desc;
