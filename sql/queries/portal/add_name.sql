-- Gives the folder of a payer (document '') or a document its name, once: one that has a name keeps it, and the file name it was published under.
insert into portal_name (payer_id, document, name, file) values (:payer_id, :document, :name, :file)
on conflict (payer_id, document) do update set file = excluded.file where portal_name.published_at is null;
