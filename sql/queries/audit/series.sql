-- Number series the documents of a run are in that have a gap or a number twice: how many numbers, and the last one.
select series, count(*) as numbers, max(seq) as last_seq
from invoice
where series in (select series from invoice where run_id = :run_id)
group by series
having count(*) <> max(seq) or count(distinct seq) <> count(*)
order by series;
