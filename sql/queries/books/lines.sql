-- One row per kind of line of these documents: what days up to the last one of the month hold together, and what days after it;
-- a line whose days lie on both sides has a row of its own. Net in EUR.
-- returns: tasks.books.gathering.LineRow
select invoice_id, charge, credited_charge, service, revenue_account, vat_category, vat_rate,
    min(from_day) as from_day, max(to_day) as to_day, sum(net) as net
from sold_line
where invoice_id = any(cast(:invoice_ids as bigint[]))
group by invoice_id, charge, credited_charge, service, revenue_account, vat_category, vat_rate, to_day <= cast(:last as date),
    case when from_day <= cast(:last as date) and to_day > cast(:last as date) then line_seq end
order by invoice_id, min(line_seq);
