-- One row per refund of the run beside what its credit notes give back for the line.
select line.line_id as line, refund.days::text as days, refund.net as to_give_back, (
    select coalesce(-sum(given.net), 0)
    from invoice as draft
    join invoice_line as given using (invoice_id)
    where draft.run_id = :run_id and given.charge = 'refund' and given.line_id = line.line_id
) as given_back_for_line
from refund
join line using (line_no)
where refund.run_id = :run_id and not refund.below_floor
order by line.line_id, lower(refund.days)
limit 20;
