-- One row: what is open, the rejects that wait, the usage no close could settle.
-- returns: tasks.status.TotalsRow
select
    (select coalesce(sum(greatest(invoice.gross + coalesce(credited.gross, 0) - coalesce(paid.amount, 0), 0)), 0)
        from invoice
        left join (select credits_invoice_id as invoice_id, sum(gross) as gross from invoice where number is not null group by 1) as credited
            using (invoice_id)
        left join (select invoice_id, sum(amount) as amount from payment group by 1) as paid using (invoice_id)
        where invoice.number is not null and invoice.kind <> 'credit_note') as open_amount,
    (select count(*) from feed_reject where resolved_import is null) as open_rejects,
    (select count(*) from usage_record) as usage_records,
    (select coalesce(max(import_no), 0) from import_run) as import_no;
