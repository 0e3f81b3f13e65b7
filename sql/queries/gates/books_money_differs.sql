-- Up to twenty movements of the bank of the month whose entry on the bank is not their amount.
select document.document, movement.booked_on, movement.amount, sum(entry.debit - entry.credit) filter (where entry.account = :bank) as bank
from journal_source as source
join journal_document as document using (month, document_no)
join bank_movement as movement on movement.movement_no = source.source_id
left join journal_entry as entry using (month, document_no)
where source.source = 'movement' and source.month = cast(:month as date)
group by document.document, movement.movement_no
having coalesce(sum(entry.debit - entry.credit) filter (where entry.account = :bank), 0) <> movement.amount
order by movement.movement_no
limit 20;
