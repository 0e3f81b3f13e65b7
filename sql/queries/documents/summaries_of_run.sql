-- One row per monthly summary of a run, with the invoice it went out with; of one end client alone when one is given.
-- returns: tasks.verify_summary.SummaryFile
select document.end_client_id, invoice.number, document.path, document.sha256
from document
join invoice using (invoice_id)
where document.run_id = :run_id and document.kind = 'summary' and (:end_client = '' or document.end_client_id = :end_client)
order by document.path;
