-- One row: what is wrong with the feed as it stands after the newest import, and with what it read since the previous close.
with before as (  -- what the close before this one had read
    select coalesce(max(step.import_no), 0) as import_no
    from run_step as step
    join run as earlier using (run_id)
    join run as this on this.run_id = :run_id
    where step.step = 'drafts' and step.state = 'accepted' and earlier.kind = 'close' and earlier.period < this.period
),
now as (
    select coalesce(max(import_no), 0) as import_no from import_run
),
files as (  -- the newest reading of each file
    select distinct on (path) path, import_no, rows_read
    from feed_file
    where path not like 'bank/%'
    order by path, import_no desc
),
open_rejects as (
    select path, line, column_name, import_no from feed_reject where resolved_import is null and path not like 'bank/%'  -- those have a gate of their own
),
new_rows as (
    select coalesce(sum(rows_read), 0) as read from files, before where files.import_no > before.import_no
),
moved as (
    select payer_id, kind, moved_on, amount from deposit_at((select import_no from now))
    union all
    select payer_id, 'deposit', set_off_on, -amount from deposit_set_off
),
held as (  -- at the end of each day something moved
    select payer_id, kind, moved_on, sum(sum(amount)) over (partition by payer_id, kind order by moved_on) as balance
    from moved
    group by payer_id, kind, moved_on
),
short_of as (  -- payers whose contracts say that more was received than deposits.csv shows
    select contract.payer_id
    from contract_at((select import_no from now)) as contract
    where contract.deposit_required > 0 and contract.deposit_received_on is not null
    group by contract.payer_id
    having sum(contract.deposit_required) > coalesce((
        select sum(amount) from deposit_at((select import_no from now)) as received
        where received.payer_id = contract.payer_id and received.amount > 0), 0)
),
new_rejects as (
    select count(distinct (open_rejects.path, open_rejects.line)) as refused
    from open_rejects, before
    where open_rejects.import_no > before.import_no and line > 1
)
select
    (select count(*) from (
        select 1 where not exists (select from party)
        union all select 1 where not exists (select from contract)
        union all select 1 where not exists (select from order_line)
        union all select 1 where not exists (select from product)
        union all select 1 where not exists (select from price)
        union all select 1 where not exists (select from rate) and exists (select from usage_record)
    ) as missing) as tables_empty,
    (select count(distinct path) from open_rejects where line <= 1 and column_name <> 'late') as files_unreadable,
    (select count(distinct path) from open_rejects where line = 0 and column_name = 'late') as inventory_late,
    (select case when new_rows.read + new_rejects.refused = 0 then 0
        else round(new_rejects.refused::numeric / greatest(new_rows.read, new_rejects.refused), 6) end from new_rows, new_rejects) as rejected_share,
    (select count(distinct (path, line)) from open_rejects where line > 1) as rejected,
    (select count(*) from contract_at((select import_no from now)) as contract
        where not exists (select from party_at((select import_no from now)) as party where party.party_id = contract.payer_id)) as payer_unknown,
    (select count(*) from order_line_at((select import_no from now)) as line
        where not exists (select from contract_at((select import_no from now)) as contract where contract.contract_id = line.contract_id)
            or not exists (select from product_at((select import_no from now)) as product where product.product = line.product)
            or not exists (select from party_at((select import_no from now)) as party where party.party_id = line.end_client_id)
    ) as line_unplaced,
    (select count(distinct (payer_id, kind)) from held where balance < 0) as deposit_negative,
    (select count(*) from short_of) as deposit_short,
    (select case when exists (select from files where path like 'usage/%' and files.import_no > before.import_no) then 0 else 1 end
        from before) as usage_files_absent;
