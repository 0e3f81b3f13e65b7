-- The journal of a month, when it was written: when and by whom it was made final, if it was.
-- returns: tasks.books.months.Written
select month, final_on, final_by from journal where month = cast(:month as date);
