-- One row per clause and kind of document that cites it, on everything issued and sent: how often, and the first that does.
-- returns: tasks.cited.Cited
with issued_line as (
    select invoice.number, invoice.run_id, replace(invoice.kind, '_', ' ') as kind, line.charge, line.clause, line.note
    from invoice
    join invoice_line as line using (invoice_id)
    where invoice.number is not null
),
cited as (
    select clause, kind || ' line, ' || replace(charge, '_', ' ') as document, number as example
    from issued_line
    union all
    select noted.clause[1], kind || ' line, in its note', number
    from issued_line
    cross join lateral regexp_matches(note, 'clause=([A-Z]{2}-[0-9]+(?:\.[0-9]+)?(?:\.[a-z])?)', 'g') as noted (clause)
    where noted.clause[1] <> issued_line.clause
    union all
    select distinct charge.count_clause, 'monthly summary', issued.number || ' ' || document.end_client_id || ' ' || shown.line_id
    from document
    join invoice as issued using (invoice_id)
    join invoice_line as shown on shown.invoice_id = issued.invoice_id and shown.end_client_id = document.end_client_id
    join line on line.line_id = shown.line_id
    join recurring_charge as charge on charge.run_id = issued.run_id and charge.line_no = line.line_no
    where document.kind = 'summary' and issued.number is not null
    union all
    select clause, 'reminder, level ' || level, payer_id || ' ' || noticed_on
    from dunning_notice
    join delivery using (delivery_id, payer_id)
    where delivery.state = 'sent'
)
select clause, document, count(*) as times, min(example collate "C") as example
from cited
where clause <> ''
group by clause, document
order by clause collate "C", document collate "C";
