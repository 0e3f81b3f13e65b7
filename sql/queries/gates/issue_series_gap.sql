-- One row per number series of the run that does not hold exactly 1 to its last number.
select series.series, series.last_seq as last_given, count(invoice.seq) as invoices, coalesce(max(invoice.seq), 0) as highest
from number_series as series
left join invoice using (series)
where series.series in (select series from invoice where run_id = :run_id)
group by series.series, series.last_seq
having count(invoice.seq) <> coalesce(max(invoice.seq), 0) or coalesce(max(invoice.seq), 0) <> series.last_seq
    or coalesce(min(invoice.seq), 1) <> 1 or count(distinct invoice.seq) <> count(invoice.seq)
order by series.series
limit 20;
