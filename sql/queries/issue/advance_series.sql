-- Moves a locked series on.
update number_series set last_seq = :last_seq
where series = :series;
