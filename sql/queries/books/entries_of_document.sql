-- One row per entry of one document of a month.
-- returns: billing.journal.Entry
select entry.account, entry.partner, entry.debit, entry.credit, entry.vat_code, entry.text
from journal_document as document
join journal_entry as entry using (month, document_no)
where document.month = cast(:month as date) and document.document = :document
order by entry.entry_no;
