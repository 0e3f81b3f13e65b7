-- Of the lines given, those of which any snapshot up to a day has shown an element.
-- returns: integer
select line_no
from unnest(cast(:line_nos as integer[])) as line_no
where exists (select from inventory_element as e where e.line_no = line_no.line_no and e.snapshot_on <= cast(:snapshot_on as date));
