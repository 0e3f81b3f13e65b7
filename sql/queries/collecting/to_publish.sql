-- One row per accepted file of a day, and per one of another day that is not in the store yet.
-- returns: tasks.collecting.recording.FileRow
select collection_no, path, content
from collection
where accepted and (made_on = cast(:made_on as date) or not published)
order by made_on, scheme;
