-- The run of an issued document, and the lines that any version of an order put under a contract of its payer.
-- returns: tasks.audit.as_it_was.Credited
select
    run_id,
    array(
        select distinct order_line.line_no
        from order_line
        join contract using (contract_id)
        where contract.payer_id = invoice.payer_id
    ) as line_nos
from invoice
where number = :number;
