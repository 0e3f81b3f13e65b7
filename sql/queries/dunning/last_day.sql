-- The last day of dunning that left something: a letter, an order, a proposal to end, late charges. Null: there is none.
-- returns: date
select greatest(
    (
        select noticed_on
        from dunning_notice
        join delivery using (delivery_id)
        where delivery.state <> 'pending'
        order by noticed_on desc
        limit 1
    ),
    (select max(ordered_on) from suspension_order),
    (select max(proposed_on) from end_proposal),
    (select max(run_on) from run where kind = 'late_charges'));
