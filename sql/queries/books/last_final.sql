-- The latest month whose journal is final.
-- returns: date
select max(month) from journal where final_on is not null;
