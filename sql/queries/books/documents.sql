-- One row per document of the register that is booked in a month, by day and number: those of its days, and in the first month that is open
-- those of earlier days that no final month has booked.
-- returns: tasks.books.gathering.Document
select invoice.invoice_id, invoice.kind, invoice.number, invoice.payer_id, invoice.issued_on, invoice.due_on, invoice.gross,
    invoice.structured_reference as reference, coalesce(credited.number, '') as credits
from invoice
left join invoice as credited on credited.invoice_id = invoice.credits_invoice_id
where invoice.issued_on < cast(:past as date) and (invoice.issued_on >= cast(:first as date) or cast(:open_from as date) = cast(:first as date))
    and not exists (
        select from journal_source as source
        join journal using (month)
        where source.source = 'invoice' and source.source_id = invoice.invoice_id and journal.final_on is not null
    )
order by invoice.issued_on, invoice.number;
