-- One row per entry of the journal of a month, in its order.
-- returns: tasks.books.entries.EntryRow
select document.document_no, document.journal, document.document, document.dated_on, document.due_on, entry.account, entry.partner,
    entry.debit, entry.credit, entry.vat_code, document.reference, document.text, entry.text as entry_text
from journal_document as document
join journal_entry as entry using (month, document_no)
where document.month = cast(:month as date)
order by document.document_no, entry.entry_no;
