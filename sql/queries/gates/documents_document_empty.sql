-- One row per document of the run without content or content hash, or with a path that another has too.
select invoice.number, document.kind, document.end_client_id as end_client, document.path, document.size
from document
join invoice using (invoice_id)
where invoice.run_id = :run_id and (
    document.size <= 0 or document.sha256 !~ '^[0-9a-f]{64}$' or document.path = ''
    or (select count(*) from document as other join invoice as theirs using (invoice_id)
        where theirs.run_id = :run_id and other.path = document.path) > 1
)
order by invoice.number, document.path
limit 20;
