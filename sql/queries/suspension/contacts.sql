-- One row per end client given that an order reaches, as it is now known, by name.
-- returns: tasks.suspension.contacts.Contact
select scope.end_client_id, party.name,
    concat_ws(', ', nullif(party.street, ''), nullif(concat_ws(' ', nullif(party.postal_code, ''), nullif(party.city, '')), ''), party.country)
        as address,
    party.billing_emails as email, party.language,
    (select min(since) from suspension_ground as ground where ground.order_no = scope.order_no) as since,
    scope.order_no
from suspension_scope as scope
join party on party.party_id = scope.end_client_id and party.superseded_import is null
where scope.order_no = :order_no and scope.end_client_id = any(cast(:end_client_ids as text[]))
order by party.name collate "C", scope.end_client_id collate "C";
