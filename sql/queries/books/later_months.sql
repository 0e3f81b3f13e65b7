-- The months after this one up to the last whose journal is written, in their order, also one between them that was never written.
select cast(each as date) as month
from generate_series(cast(:month as timestamp) + interval '1 month', (select max(month) from journal), interval '1 month') as each
order by 1;
