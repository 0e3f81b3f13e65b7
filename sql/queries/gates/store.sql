-- Keeps what a check found.
insert into gate_finding (run_id, gate, check_name, severity, clause, says, found, limit_at_most, passed, examples, advice)
values (:run_id, :gate, :check_name, :severity, :clause, :says, :found, :limit_at_most, :passed, cast(:examples as json), :advice);
