-- One row per document of a payer, of those given, that has a name; '' is its folder.
-- returns: tasks.portal_names.Named
select document, name, file, published_at is not null as is_published
from portal_name
where payer_id = :payer_id and document = any(cast(:documents as text[]));
