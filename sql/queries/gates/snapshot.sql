-- One row: what is wrong with the inventory snapshot the close counts from.
with this as (
    select run.run_id, run.period, run.run_on,
        coalesce(run.snapshot_on, (select max(snapshot_on) from inventory_snapshot where snapshot_on <= run.run_on)) as snapshot_on
    from run
    where run.run_id = :run_id
),
snapshot as (
    select inventory_snapshot.* from inventory_snapshot join this using (snapshot_on)
),
before as (
    select earlier.snapshot_on, inventory_snapshot.element_count
    from run as earlier
    join inventory_snapshot using (snapshot_on)
    join run_step as step on step.run_id = earlier.run_id and step.step = 'snapshot' and step.state = 'accepted'
    where earlier.kind = 'close' and earlier.period < (select period from this)
    order by earlier.period desc
    limit 1
),
ended as (  -- the first day without service of each line that a termination ended, as the last close said that passed it
    select distinct on (line_no) line_no, past_day from line_ending order by line_no, run_id desc
),
counts as (
    select line_no, count(*) as elements
    from inventory_element
    where snapshot_on = (select snapshot_on from snapshot)
    group by line_no
),
counts_before as (
    select line_no, count(*) as elements
    from inventory_element
    where snapshot_on = (select snapshot_on from before)
    group by line_no
),
moved as (  -- a line counted for the first time moves for a reason
    select count(*) as lines
    from counts_before
    left join counts using (line_no)
    where abs(coalesce(counts.elements, 0) - counts_before.elements) > cast(:count_change_at_most as numeric) * counts_before.elements
)
select
    case when exists (select from snapshot) then 0 else 1 end as snapshot_missing,
    coalesce((select this.run_on - snapshot.snapshot_on from this, snapshot), 0) as snapshot_age_days,
    coalesce((select this.run_on - snapshot.snapshot_on from this, snapshot), 0) as snapshot_not_fresh,
    coalesce((select case when snapshot.element_count = 0 and exists (
        select from order_line_at(:import_no) as line join product_at(:import_no) as product using (product)
        where product.kind in ('user', 'channel', 'national_number', 'international_number', 'licence') and line.starts_on <= this.run_on
            and (line.ends_on is null or line.ends_on >= this.run_on)) then 1 else 0 end from snapshot, this), 0) as snapshot_empty,
    coalesce((select abs(snapshot.element_count - (select coalesce(sum(elements), 0) from counts)) from snapshot), 0) as elements_lost,
    -- of fewer than a hundred elements a share says nothing
    coalesce((select case when before.element_count >= 100
        then round(abs(snapshot.element_count - before.element_count)::numeric / before.element_count, 6) else 0 end
        from snapshot, before), 0) as total_moved_share,
    (select lines from moved) as count_jumped,
    (select count(*) from inventory_element as element
        join order_line_at(:import_no) as line using (line_no)
        join product_at(:import_no) as product using (product)
        where element.snapshot_on = (select snapshot_on from snapshot) and element.kind <> product.kind) as kind_differs,
    (select count(*) from inventory_element as element
        left join order_line_at(:import_no) as line using (line_no)
        where element.snapshot_on = (select snapshot_on from snapshot)
            and (line.line_no is null or line.ends_on < (select snapshot_on from snapshot) or exists (
                select from ended where ended.line_no = element.line_no and ended.past_day <= (select snapshot_on from snapshot)))) as line_ended;
