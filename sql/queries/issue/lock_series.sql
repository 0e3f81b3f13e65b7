-- The last number of a series, locked until the transaction ends: the next one waits, so numbers have no gap.
insert into number_series (series)
values (:series)
on conflict (series) do update set last_seq = number_series.last_seq
returning last_seq;
