-- One row per gate of a run: gate, how many checks, how many critical ones and warnings did not pass.
select gate, count(*) as checks,
    count(*) filter (where not passed and severity = 'critical') as critical,
    count(*) filter (where not passed and severity = 'warning') as warnings
from gate_finding
where run_id = :run_id
group by gate;
