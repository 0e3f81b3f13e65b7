-- One row per partner and "" for clients of none: its own documents and those of the clients it brought, EUR without VAT.
-- returns: tasks.close_comparison.PartnerRow
with billed as (
    select case when payer.role = 'partner' then payer.party_id else coalesce(payer.partner_id, '') end as partner_id,
        invoice.payer_id, invoice.net
    from invoice
    join party as payer on payer.party_id = invoice.payer_id and payer.version = invoice.payer_version
    where invoice.run_id = :run_id
)
select billed.partner_id, coalesce(min(partner.name), '') as partner_name, count(distinct billed.payer_id) as payers, sum(billed.net) as net
from billed
left join party_at(:import_no) as partner on partner.party_id = billed.partner_id
group by billed.partner_id
order by net desc, billed.partner_id;
