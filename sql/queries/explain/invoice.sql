-- The issued document of a number, with the run that made it.
-- returns: tasks.explain.records.Document
select
    invoice.invoice_id, invoice.number, invoice.kind, invoice.payer_id, invoice.payer_version, invoice.issued_on, invoice.due_on,
    invoice.net, invoice.vat, invoice.gross, invoice.credits_invoice_id, invoice.reason,
    run.run_id, run.kind as run_kind, run.period, run.run_on, run.subject, run.request,
    party.country, party.vat_number,
    (select max(step.import_no) from run_step as step where step.run_id = run.run_id and step.step in ('recurring', 'one_off', 'late_charges')) as charged_import,
    (select step.import_no from run_step as step where step.run_id = run.run_id and step.step = 'drafts') as drafts_import
from invoice
join run using (run_id)
join party on party.party_id = invoice.payer_id and party.version = invoice.payer_version
where invoice.number = :number;
