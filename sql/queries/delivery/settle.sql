-- Notes what became of a delivery; one that is settled is left as it is.
update delivery set state = :state, attempts = attempts + :tries, last_error = :note,
    sent_at = case when cast(:state as text) = 'sent' then now() end
where delivery_id = :delivery_id and state = 'pending';
