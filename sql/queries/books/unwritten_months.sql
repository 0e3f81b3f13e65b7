-- The months from one to another, that one left out, whose journal was never written, in their order.
select cast(each as date) as month
from generate_series(cast(:first as timestamp), cast(:past as timestamp) - interval '1 month', interval '1 month') as each
where not exists (select from journal where journal.month = cast(each as date))
order by 1;
