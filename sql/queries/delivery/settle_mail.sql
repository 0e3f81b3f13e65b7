-- Notes what became of a mail, and what the server said about each of its addresses; one that is settled is left as it is.
with told as (
    insert into delivery_recipient (delivery_id, address, state, note)
    select delivery.delivery_id, answer.address, answer.state, answer.note
    from delivery
    cross join unnest(cast(:addresses as text[]), cast(:states as text[]), cast(:notes as text[])) as answer (address, state, note)
    where delivery.delivery_id = :delivery_id and delivery.state = 'pending'
    on conflict (delivery_id, address) do update set state = excluded.state, note = excluded.note, told_at = now()
        where delivery_recipient.state = 'refused'
)
update delivery set state = :state, attempts = attempts + :tries, last_error = :note,
    sent_at = case when cast(:state as text) = 'sent' then now() end
where delivery_id = :delivery_id and state = 'pending';
