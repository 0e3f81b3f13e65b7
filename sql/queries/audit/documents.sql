-- One row per document of a run: what it belongs to, where it is stored, and its hash.
-- returns: tasks.audit.proofs.Filed
select invoice.number, document.kind, document.path, document.sha256
from document
join invoice using (invoice_id)
where document.run_id = :run_id
order by invoice.number, document.kind, document.path;
