-- One row per kind of line with days in a stretch, of documents that are booked before a month (`before`) or, without one, issued before the
-- stretch: lines wholly inside it together, any other by itself. Net in EUR.
-- returns: tasks.books.income.DaysRow
select line.charge, line.credited_charge, line.service, line.revenue_account, min(line.from_day) as from_day, max(line.to_day) as to_day,
    sum(line.net) as net
from sold_line as line
join invoice using (invoice_id)
left join journal_source as source on source.source = 'invoice' and source.source_id = line.invoice_id
where line.to_day >= cast(:first as date) and line.from_day <= cast(:last as date)
    and line.charge in ('recurring', 'pro_rata', 'refund', 'credit') and invoice.number is not null
    and case when cast(:before as date) is null then invoice.issued_on < cast(:first as date) else source.month < cast(:before as date) end
group by line.charge, line.credited_charge, line.service, line.revenue_account,
    case when line.from_day < cast(:first as date) or line.to_day > cast(:last as date) then line.invoice_id end,
    case when line.from_day < cast(:first as date) or line.to_day > cast(:last as date) then line.line_seq end
order by line.revenue_account, line.service, line.charge, min(line.from_day), max(line.to_day);
