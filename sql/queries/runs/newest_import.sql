-- The number of the newest import, 0 before the first.
select coalesce(max(import_no), 0) as import_no
from import_run;
