-- Documents that customers, banks and the tax office accept: e-invoices, mail by recipient, the portal, the archive.

-- ---------------------------------------------------------------- documents
-- The e-invoice is a document beside the PDF: the same amounts, for a machine.
alter table document drop constraint document_kind_check, add constraint document_kind_check check (kind in ('invoice', 'summary', 'e_invoice'));

-- ---------------------------------------------------------------- deliveries
-- An invoice goes to the access point besides the payer's own channel; a copy is one more mail of an invoice, sent because somebody
-- asked or because all first addresses refused it; a notice tells a payer of the portal what is new there.
alter table delivery
    drop constraint delivery_purpose_check,
    drop constraint delivery_channel_check,
    add constraint delivery_purpose_check check (purpose in ('invoice', 'reminder', 'e_invoice', 'copy', 'notice')),
    add constraint delivery_channel_check check (channel in ('email', 'portal', 'peppol')),
    add column receipt text not null default '',        -- what the access point answered: its id of the transmission
    add column asked_by text not null default '',       -- of a copy: who asked for it, "" when no first address took the invoice
    add column asked_on date,                           -- of a copy: the day of it
    add constraint delivery_asked_on check (asked_on is null or purpose = 'copy');
create unique index one_e_invoice_per_invoice on delivery (invoice_id) where purpose = 'e_invoice';
create unique index one_notice_per_run_and_payer on delivery (run_id, payer_id) where purpose = 'notice';
-- Asking for the same copy again on the same day is asking once; a second address is tried once.
create unique index one_copy_a_day_and_address on delivery (invoice_id, recipients, asked_on) where purpose = 'copy' and asked_by <> '';
create unique index one_second_address on delivery (invoice_id) where purpose = 'copy' and asked_by = '';

-- A run whose documents an earlier release drew has no e-invoices, and its payers were told by that release: it sends what it has, no more.
alter table run add column of_earlier_release boolean not null default false;
update run set of_earlier_release = true
where exists (select from run_step where run_step.run_id = run.run_id and run_step.step = 'documents' and run_step.state = 'accepted');

-- What became of a mail at each address: a server may take it for some and refuse it for others, and it may come back from one.
create table delivery_recipient (
    delivery_id bigint not null references delivery on delete cascade,
    address text not null,
    state text not null check (state in ('accepted', 'refused', 'bounced')),
    note text not null default '',
    told_at timestamptz not null default now(),
    bounced_on date,
    primary key (delivery_id, address),
    check ((state = 'bounced') = (bounced_on is not null))
);

-- A mail of the bounce mailbox that was read, by its content: reading the mailbox again books nothing twice.
create table bounce_read (
    sha256 text primary key,
    delivery_id bigint references delivery on delete set null,  -- null: it belongs to no mail of ours
    address text not null default '', status text not null default '', said text not null default '',
    what text not null check (what in ('bounced', 'delayed', 'unknown')),
    read_at timestamptz not null default now()
);

-- Where a mail goes when every billing address refuses it or sends it back.
alter table party add column fallback_email text not null default '';
alter table incoming_parties add column fallback_email text;

-- ---------------------------------------------------------------- the portal
-- Names nobody can guess: of the folder of a payer (document ''), and of each document shown to him (its sha256), made before it is written.
create table portal_name (
    payer_id text not null, document text not null default '', name text not null unique,
    file text not null default '',      -- the name that the payer sees
    published_at timestamptz,           -- null: the document may not be there yet, so no index lists it
    primary key (payer_id, document)
);

-- ---------------------------------------------------------------- the archive
-- The manifest of a run or of the letters of a day, and the hash it must have: whoever changes an archived file, or the list, is found.
create table archive_manifest (
    path text primary key,
    run_id integer unique references run, letters_on date,
    sha256 text not null, documents integer not null,
    written_at timestamptz not null default now(),
    check ((run_id is null) <> (letters_on is null))
);
create index dunning_notice_payer on dunning_notice (payer_id);     -- each index of the portal lists the letters of a payer
alter table dunning_notice add column manifest text references archive_manifest;    -- null: the letter is not archived

-- What an invoice says of a pack adds up what the closes before it drew of the same month.
create index pool_use_of_client on pool_use (contract_id, end_client_id, month);
