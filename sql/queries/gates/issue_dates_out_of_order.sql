-- One row per earlier number that bears a later date than an invoice of the run.
select distinct earlier.number, earlier.issued_on, issued.issued_on as this_run
from invoice as issued
join invoice as earlier on earlier.series = issued.series and earlier.seq < issued.seq and earlier.issued_on > issued.issued_on
    and earlier.run_id <> issued.run_id
where issued.run_id = :run_id
order by earlier.number
limit 20;
