-- What a credit run was asked, as JSON.
select request
from run
where run_id = :run_id;
