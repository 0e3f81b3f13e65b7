-- Gives a failed mail of the run another chance when its payer has other addresses now, and no copy of it arrived.
update delivery set recipients = party.billing_emails, state = 'pending', last_error = ''
from party
where party.party_id = delivery.payer_id and party.superseded_import is null
    and delivery.run_id = :run_id and delivery.purpose = 'invoice' and delivery.channel = 'email' and delivery.state = 'failed'
    and party.billing_emails <> delivery.recipients
    and not exists (
        select from delivery as copy
        where copy.invoice_id = delivery.invoice_id and copy.purpose = 'copy' and copy.state = 'sent' and copy.bounced_on is null
    );
