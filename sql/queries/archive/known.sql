-- One row per content that the ledger knows: documents of invoices and letters, by hash and path in the store.
-- returns: tasks.archive.verifying.Known
select sha256, path from document
union all
select sha256, path from dunning_notice where sha256 <> '';
