-- Up to twenty documents of the month whose debit is not their credit.
select document.document, document.dated_on, sum(entry.debit) as debit, sum(entry.credit) as credit
from journal_document as document
join journal_entry as entry using (month, document_no)
where document.month = cast(:month as date)
group by document.document_no, document.document, document.dated_on
having sum(entry.debit) <> sum(entry.credit)
order by document.document_no
limit 20;
