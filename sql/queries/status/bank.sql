-- One row: movements that wait for a person, statements that wait for one before them, bank files of which something is refused.
-- returns: tasks.status_money.BankRow
select
    (select count(*) from (
        select movement_no from allocation where place = 'unmatched' group by movement_no having sum(amount) <> 0
    ) as waiting) as unmatched,
    (select count(*) from feed_reject where resolved_import is null and path like 'bank/%' and column_name = 'gap') as statements_waiting,
    (select count(distinct path) from feed_reject where resolved_import is null and path like 'bank/%' and column_name <> 'gap') as files_refused;
