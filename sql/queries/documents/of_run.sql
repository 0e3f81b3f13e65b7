-- One row per document of a run: what was drawn, where it lies, its hash and size.
-- returns: tasks.documents.Written
select invoice_id, kind, end_client_id, path, sha256, size
from document
where run_id = :run_id
order by path;
