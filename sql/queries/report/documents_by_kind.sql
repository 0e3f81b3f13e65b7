-- One row per kind of document of a run: its totals, and beside them the sum of its lines. EUR.
-- returns: tasks.close_reconciliation.DocumentSums
with document as (
    select invoice_id, kind, net, vat, gross from invoice where run_id = :run_id
),
on_lines as (
    select document.kind, sum(line.net) as net from document join invoice_line as line using (invoice_id) group by document.kind
)
select document.kind, sum(document.net) as net, sum(document.vat) as vat, sum(document.gross) as gross,
    coalesce(min(on_lines.net), 0.00) as lines
from document
left join on_lines using (kind)
group by document.kind
order by document.kind;
