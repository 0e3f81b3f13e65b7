-- One row per letter of a manifest.
-- returns: tasks.archive.manifest.LetterDocument
select notice_id, payer_id, level, noticed_on as issued_on, open_amount, path, sha256
from dunning_notice
where manifest = :manifest
order by noticed_on, payer_id, level;
