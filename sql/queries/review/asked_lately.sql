-- The runs people were asked about in the last weeks, for Prefect runs that may still wait with a form that is over.
select distinct run_id
from review_request
where flow_run <> '' and ended_at is not null and asked_at > now() - interval '35 days'
order by run_id;
