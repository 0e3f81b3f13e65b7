-- Notes that documents of a payer are there: from now on its index lists them.
update portal_name set published_at = now()
where payer_id = :payer_id and document = any(cast(:documents as text[])) and published_at is null;
