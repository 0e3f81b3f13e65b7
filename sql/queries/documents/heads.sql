-- One row per invoice given: what its first page says, with the payer as of the day of the invoice.
-- returns: tasks.document_records.HeadRow
select
    invoice.invoice_id, invoice.number, invoice.kind, invoice.issued_on, invoice.due_on, invoice.structured_reference,
    invoice.net, invoice.vat, invoice.gross,
    coalesce(lines.first_day, invoice.issued_on) as period_first, coalesce(lines.last_day, invoice.issued_on) as period_last,
    party.party_id as payer_id, party.name, party.street, party.postal_code, party.city, party.country, party.vat_number, party.language,
    coalesce(credited.number, '') as credits_number, credited.issued_on as credits_on, invoice.reason,
    case when run.kind = 'credit' and invoice.kind = 'invoice' then run.subject else '' end as replaces_number,
    party.peppol_id, trim(split_part(party.billing_emails, ';', 1)) as email
from invoice
join run using (run_id)
left join invoice as credited on credited.invoice_id = invoice.credits_invoice_id
join party on party.party_id = invoice.payer_id and party.version = invoice.payer_version
left join lateral (
    select min(from_day) as first_day, max(to_day) as last_day from invoice_line where invoice_line.invoice_id = invoice.invoice_id
        and (invoice.kind <> 'invoice' or invoice_line.charge <> 'credit')  -- the day an SLA credit was granted is no period billed
) as lines on true
where invoice.invoice_id = any(cast(:invoice_ids as bigint[]))
order by invoice.invoice_id;
