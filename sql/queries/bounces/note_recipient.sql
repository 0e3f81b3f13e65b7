-- Notes that a mail came back from an address that had taken it, or from all of them; the first day that was said stands.
update delivery_recipient set state = 'bounced', bounced_on = :bounced_on, note = :reason, told_at = now()
where delivery_id = :delivery_id and state = 'accepted'
    and (cast(:address as text) = '' or lower(address) = lower(trim(cast(:address as text))));
