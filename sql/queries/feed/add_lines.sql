-- Gives each new order line on its way in its number, once and for all.
insert into line (line_id)
select n.line_id from incoming_order_lines n
where not exists (select 1 from line l where l.line_id = n.line_id)
order by n.line_id collate "C";
