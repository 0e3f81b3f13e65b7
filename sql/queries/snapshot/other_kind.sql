-- One row per element of the frozen snapshot whose kind is not that of the product ordered: line, element, both kinds.
-- returns: tasks.snapshot.OtherKind
select l.line_id, e.element_id, e.kind, p.kind as product_kind
from run r
join inventory_element e using (snapshot_on)
join line l using (line_no)
join order_line_at(cast(:import_no as integer)) o using (line_no)
join product_at(cast(:import_no as integer)) p using (product)
where r.run_id = cast(:run_id as integer) and e.kind <> p.kind
order by l.line_id, e.element_id;
