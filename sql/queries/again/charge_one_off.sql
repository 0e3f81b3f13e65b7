-- Makes what the run staged a charge like any other: until then it counts as released by its own credit note.
update one_off_charge set released_by = null
where run_id = :run_id and released_by = :released_by;
