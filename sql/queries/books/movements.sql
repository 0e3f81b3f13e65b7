-- One row per part of a movement of the bank that is booked in a month, as documents.sql has it: where it went, by movement.
-- `came` is nothing where a final month has booked the movement and only moved its money since. EUR.
-- returns: tasks.books.gathering.MovementRow
with booked as (
    select source.source, source.source_id
    from journal_source as source
    join journal using (month)
    where journal.final_on is not null
)
select movement.movement_no, movement.booked_on, allocation.allocation_no, allocation.place, allocation.amount,
    case when before.source_id is null then movement.amount else 0.00 end as came,
    coalesce(allocation.payer_id, invoice.payer_id, '') as payer_id, coalesce(invoice.number, '') as number,
    statement.iban, statement.from_day, coalesce(statement.number::text, '') as statement_number, movement.seq, movement.reference
from bank_movement as movement
join bank_statement as statement using (statement_no)
join allocation using (movement_no)
left join invoice on invoice.invoice_id = allocation.invoice_id
left join booked as before on before.source = 'movement' and before.source_id = movement.movement_no
where movement.booked_on < cast(:past as date) and (movement.booked_on >= cast(:first as date) or cast(:open_from as date) = cast(:first as date))
    and not exists (select from booked where booked.source = 'allocation' and booked.source_id = allocation.allocation_no)
order by movement.booked_on, movement.movement_no, allocation.allocation_no;
