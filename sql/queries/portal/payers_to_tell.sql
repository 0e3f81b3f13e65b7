-- One row per payer of the portal for whom a run published something, and who has mail addresses; none for a run of a release without
-- notices.
-- returns: tasks.portal_notices.Told
select distinct on (invoice.payer_id) invoice.payer_id, party.billing_emails as recipients
from delivery
join invoice using (invoice_id)
join run on run.run_id = invoice.run_id and not run.of_earlier_release
join party on party.party_id = invoice.payer_id and party.version = invoice.payer_version
where delivery.run_id = :run_id and delivery.purpose = 'invoice' and delivery.channel = 'portal' and delivery.state = 'sent'
    and translate(party.billing_emails, '; ', '') <> ''
order by invoice.payer_id, invoice.invoice_id desc;
