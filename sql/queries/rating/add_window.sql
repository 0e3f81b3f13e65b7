-- Notes which usage the run looks at.
insert into usage_window (run_id, after_no, through_no, cutoff) values (:run_id, :after_no, :through_no, :cutoff);
