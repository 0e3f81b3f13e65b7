-- One row per run, newest first: what it is, how far it came, what it issued.
-- returns: tasks.status.RunRow
select
    run.run_id, run.kind, run.subject, run.period, run.run_on, run.approved_by,
    (select string_agg(step, ',' order by accepted_at) from run_step where run_step.run_id = run.run_id and state = 'accepted') as accepted,
    (select count(*) from invoice where invoice.run_id = run.run_id and number is not null) as issued,
    (select count(*) from invoice where invoice.run_id = run.run_id and number is null) as drafts,
    (select coalesce(sum(gross), 0) from invoice where invoice.run_id = run.run_id) as gross,
    (select count(*) from parked_payer where parked_payer.run_id = run.run_id) as parked,
    (select count(*) from delivery where delivery.run_id = run.run_id and purpose = 'invoice' and state = 'failed' and not exists (
        select from delivery as copy
        where copy.invoice_id = delivery.invoice_id and copy.purpose = 'copy' and copy.state = 'sent' and copy.bounced_on is null
    )) as undelivered,
    (select string_agg(gate || ': expected that ' || says, '; ' order by gate, says) from gate_finding
     where gate_finding.run_id = run.run_id and not passed and severity = 'critical') as stopped_by,
    (select ask.deadline from review_request as ask where ask.run_id = run.run_id and ask.ended_at is null) as deadline
from run
order by coalesce(run.period, run.run_on) desc, run.run_id desc
limit 24;
