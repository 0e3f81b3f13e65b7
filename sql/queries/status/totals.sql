-- One row: what is open, the rejects that wait, the usage no close could settle.
-- returns: tasks.status.TotalsRow
select
    (select coalesce(sum(gross), 0) from invoice where number is not null)
    - (select coalesce(sum(amount), 0) from payment) as open_amount,
    (select count(*) from feed_reject where resolved_import is null) as open_rejects,
    (select count(*) from usage_record) as usage_records,
    (select coalesce(max(import_no), 0) from import_run) as import_no;
