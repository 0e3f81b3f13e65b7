-- One row per kind of document a run drew: how many files, their bytes together.
-- returns: reports.close_records.DocumentFiles
select kind, count(*) as files, sum(size)::bigint as size
from document
where run_id = :run_id
group by kind
order by kind;
