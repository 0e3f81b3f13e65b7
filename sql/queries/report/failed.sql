-- One row per invoice of the close that did not reach its payer.
-- returns: reports.close_report.Failed
select invoice.number, delivery.payer_id, delivery.channel, delivery.last_error as reason
from delivery
join invoice using (invoice_id)
where invoice.run_id = :run_id and delivery.purpose = 'invoice' and delivery.state <> 'sent'
order by invoice.number;
