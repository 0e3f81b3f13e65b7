-- Notes what became of an e-invoice that waits.
update delivery set state = :state, attempts = attempts + :tries, last_error = :note, receipt = :receipt,
    sent_at = case when cast(:state as text) = 'sent' then now() end
where delivery_id = :delivery_id and state = 'pending';
