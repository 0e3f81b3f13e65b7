-- One row: the run that charged an invoice, the import its drafts were made from, and the kind of run it all began with
-- (what an orders run charged is payable on receipt, however often it is made anew).
-- returns: tasks.invoice_again.Made
with recursive chain as (
    select run.run_id, run.kind, run.subject
    from invoice
    join run using (run_id)
    where invoice.invoice_id = :invoice_id
    union all
    select run.run_id, run.kind, run.subject
    from chain
    join invoice on invoice.number = chain.subject
    join run on run.run_id = invoice.run_id
    where chain.kind = 'credit'
)
select invoice.run_id, step.import_no, (select kind from chain where kind <> 'credit') as first_kind
from invoice
join run_step as step on step.run_id = invoice.run_id and step.step = 'drafts'
where invoice.invoice_id = :invoice_id;
