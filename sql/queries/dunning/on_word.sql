-- Who let the reminders of a day go although statements were missing; no row when nobody had to.
select accepted_by from dunning_on_word where dunned_on = cast(:day as date);
