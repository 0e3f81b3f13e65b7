-- The schema of the first release. The invariants of a close live here, so that no code path can break them.

-- ---------------------------------------------------------------- imports and their rejects
create table import_run (
    import_no integer generated always as identity primary key,
    feed text not null,
    started_at timestamptz not null default now(),
    finished_at timestamptz
);

create table feed_file (
    path text not null,                 -- relative to the feed
    sha256 text not null,
    import_no integer not null references import_run,
    rows_read bigint not null,
    rows_accepted bigint not null,      -- new, or a new version
    rows_known bigint not null,         -- identical to what was there
    rows_rejected bigint not null,
    primary key (path, sha256)
);

create table feed_reject (
    reject_no bigint generated always as identity primary key,
    import_no integer not null references import_run,
    path text not null,
    line bigint not null,               -- of the file, the header is line 1; 0 = the whole file
    column_name text not null,
    value text not null,
    reason text not null,
    resolved_import integer             -- the import that read the file again and superseded this entry
);
create index feed_reject_open on feed_reject (path) where resolved_import is null;

-- ---------------------------------------------------------------- reference data, versioned by import
create table party (
    party_id text not null, version integer not null,
    valid_import integer not null references import_run, superseded_import integer references import_run,
    role text not null check (role in ('partner', 'client')),
    partner_id text, name text not null, language text not null check (language in ('fr', 'nl', 'en')),
    billing_emails text not null default '', delivery text not null check (delivery in ('email', 'portal')),
    street text not null default '', postal_code text not null default '', city text not null default '',
    country text not null check (country ~ '^[A-Z]{2}$'), vat_number text not null default '', peppol_id text not null default '',
    primary key (party_id, version)
);
create unique index party_current on party (party_id) where superseded_import is null;

create table contract (
    contract_id text not null, version integer not null,
    valid_import integer not null references import_run, superseded_import integer references import_run,
    payer_id text not null, terms text not null check (terms in ('allocloud', 'telavox')),
    signed_on date, credit_approved_on date, deposit_required numeric(14,2), deposit_received_on date, confirmed_on date,
    starts_on date, term_months integer not null default 24 check (term_months >= 0),
    payment_days integer not null default 30 check (payment_days >= 0),
    primary key (contract_id, version)
);
create unique index contract_current on contract (contract_id) where superseded_import is null;

create table line (
    line_no integer generated always as identity primary key,
    line_id text not null unique
);

create table order_line (
    line_id text not null, line_no integer not null references line, version integer not null,
    valid_import integer not null references import_run, superseded_import integer references import_run,
    contract_id text not null, end_client_id text not null, product text not null,
    quantity integer not null check (quantity >= 0), unit_price numeric(14,6) check (unit_price >= 0),
    starts_on date not null, ends_on date, min_months integer check (min_months >= 0), charged_through date,
    primary key (line_id, version)
);
create unique index order_line_current on order_line (line_id) where superseded_import is null;

create table product (
    product text not null, version integer not null,
    valid_import integer not null references import_run, superseded_import integer references import_run,
    service text not null check (service in ('business_telephony', 'sip_trunking', 'web_meeting', 'telavox')),
    kind text not null check (kind in ('user', 'channel', 'national_number', 'international_number', 'pack', 'licence',
                                       'hardware', 'activation', 'installation', 'porting_out', 'usage', 'other')),
    timing text not null check (timing in ('at_order', 'advance', 'arrears')),
    name_fr text not null, name_nl text not null, name_en text not null, revenue_account text not null default '',
    primary key (product, version)
);
create unique index product_current on product (product) where superseded_import is null;

create table price (
    product text not null, valid_from date not null, version integer not null,
    valid_import integer not null references import_run, superseded_import integer references import_run,
    unit_price numeric(14,6) not null check (unit_price >= 0), announced_on date,
    primary key (product, valid_from, version)
);
create unique index price_current on price (product, valid_from) where superseded_import is null;

create table pack (
    product text not null, valid_from date not null, destination_group text not null, version integer not null,
    valid_import integer not null references import_run, superseded_import integer references import_run,
    minutes numeric(14,6) check (minutes >= 0), data_mb numeric(14,6) check (data_mb >= 0),
    primary key (product, valid_from, destination_group, version)
);
create unique index pack_current on pack (product, valid_from, destination_group) where superseded_import is null;

create table rate (
    rate_no integer generated always as identity unique,
    deck text not null, prefix text not null check (prefix ~ '^(s|sms|data)?[0-9]*$'), valid_from date not null, version integer not null,
    valid_import integer not null references import_run, superseded_import integer references import_run,
    destination text not null, destination_group text not null,
    per_minute_micro bigint not null check (per_minute_micro >= 0), setup_micro bigint not null check (setup_micro >= 0),
    first_increment integer not null default 1 check (first_increment > 0),
    next_increment integer not null default 1 check (next_increment > 0),
    primary key (deck, prefix, valid_from, version)
);
create unique index rate_current on rate (deck, prefix, valid_from) where superseded_import is null;

create function party_at(n integer) returns setof party language sql stable as
    'select * from party where valid_import <= n and (superseded_import is null or superseded_import > n)';
create function contract_at(n integer) returns setof contract language sql stable as
    'select * from contract where valid_import <= n and (superseded_import is null or superseded_import > n)';
create function order_line_at(n integer) returns setof order_line language sql stable as
    'select * from order_line where valid_import <= n and (superseded_import is null or superseded_import > n)';
create function product_at(n integer) returns setof product language sql stable as
    'select * from product where valid_import <= n and (superseded_import is null or superseded_import > n)';
create function price_at(n integer) returns setof price language sql stable as
    'select * from price where valid_import <= n and (superseded_import is null or superseded_import > n)';
create function pack_at(n integer) returns setof pack language sql stable as
    'select * from pack where valid_import <= n and (superseded_import is null or superseded_import > n)';
create function rate_at(n integer) returns setof rate language sql stable as
    'select * from rate where valid_import <= n and (superseded_import is null or superseded_import > n)';

-- Tables of the feed that later steps of the product use: kept as they came, one row a record.
create table feed_record (
    table_name text not null, record_id text not null, version integer not null,
    valid_import integer not null references import_run, superseded_import integer references import_run,
    record jsonb not null,
    primary key (table_name, record_id, version)
);

-- ---------------------------------------------------------------- inventory
create table inventory_snapshot (
    snapshot_on date primary key,
    element_count bigint not null,
    content_hash text not null,         -- sha256 over the sorted rows, see billing.inventory
    import_no integer not null references import_run
);
create table inventory_element (
    snapshot_on date not null references inventory_snapshot on delete cascade,
    line_no integer not null, element_id text not null, kind text not null, label text not null,
    primary key (snapshot_on, line_no, element_id)
);
create index inventory_element_line on inventory_element (line_no, snapshot_on);  -- the first day of an element; whether a line was ever seen

-- ---------------------------------------------------------------- usage (bulk: no foreign keys, one unique key)
create table usage_record (
    usage_no bigint generated always as identity,
    usage_id text not null,
    line_no integer not null,
    kind smallint not null,             -- 1 voice, 2 sms, 3 data
    outgoing boolean not null,
    caller text not null, callee text not null,
    callee_key bigint not null,         -- E.164 digits; a short code negative; 0 = none
    started_at timestamptz not null,
    quantity bigint not null check (quantity >= 0),
    visited_country text not null default '',
    import_no integer not null
);
create unique index usage_record_id on usage_record (usage_id);
create index usage_record_no on usage_record using brin (usage_no);
create index usage_record_started on usage_record using brin (started_at) with (pages_per_range = 32);

-- ---------------------------------------------------------------- runs and their steps
create table run (
    run_id integer generated always as identity primary key,
    kind text not null check (kind in ('close', 'orders')),
    period date check (period = date_trunc('month', period)::date),
    run_on date not null,
    opened_at timestamptz not null default now(),
    approved_by text, approved_at timestamptz,
    snapshot_on date references inventory_snapshot,
    check ((kind = 'close') = (period is not null))
);
create unique index one_close_per_period on run (period) where kind = 'close';
create unique index one_orders_run_per_day on run (run_on) where kind = 'orders';

create table run_step (
    run_id integer not null references run on delete cascade,
    step text not null,
    state text not null check (state in ('staged', 'accepted')),
    import_no integer not null references import_run,
    receipt json not null default '{}',  -- json keeps the order in which the step says its figures
    accepted_at timestamptz,
    primary key (run_id, step)
);

create table run_reopening (                -- a step that people asked to be done again
    run_id integer not null references run on delete cascade,
    asked_by text not null,                 -- the attempt that asked, so that a retry of it does not ask twice
    step text not null,
    reopened_at timestamptz not null default now(),
    primary key (run_id, asked_by)
);

create table gate_finding (
    run_id integer not null references run on delete cascade,
    gate text not null, check_name text not null,
    severity text not null check (severity in ('critical', 'warning', 'info')),
    clause text not null, says text not null, found numeric not null, limit_at_most numeric not null,
    passed boolean not null, examples json not null default '[]', advice text not null,
    primary key (run_id, gate, check_name)
);

create table parked_payer (
    run_id integer not null references run on delete cascade,
    payer_id text not null, step text not null, reason text not null, advice text not null,
    primary key (run_id, payer_id)
);

-- ---------------------------------------------------------------- rated usage
create table rated_usage (
    run_id integer not null,
    usage_no bigint not null, line_no integer not null, started_at timestamptz not null,
    kind smallint not null,
    rate_no integer not null,           -- 0 = none
    in_pack bigint not null,            -- seconds, messages or bytes
    charged bigint not null,
    price_cents bigint not null,
    status smallint not null,           -- 1 charged, 2 in_pack, 3 free, 4 held, 5 unrated
    reason smallint not null,           -- see billing.rating.Reason
    callee_key bigint not null default 0    -- of the record, so that the call detail is read from here alone
) partition by list (run_id);

create table usage_window (
    run_id integer primary key references run on delete cascade,
    after_no bigint not null, through_no bigint not null, cutoff timestamptz not null
);
create table usage_pending (
    run_id integer not null references run on delete cascade,
    usage_no bigint not null,
    primary key (run_id, usage_no)
);
create table pool_use (
    run_id integer not null references run on delete cascade,
    contract_id text not null, end_client_id text not null, destination_group text not null,
    unit text not null check (unit in ('seconds', 'bytes')),
    month date not null,
    allowance bigint not null,          -- the most the pool gave in the month
    used bigint not null check (used > 0 and used <= allowance),   -- by this run alone
    primary key (run_id, contract_id, end_client_id, destination_group, unit, month)
);

-- ---------------------------------------------------------------- what is charged
create table recurring_charge (
    run_id integer not null references run on delete cascade,
    line_no integer not null,
    days daterange not null check (not isempty(days) and lower_inc(days) and not upper_inc(days)),
    charge text not null check (charge in ('recurring', 'pro_rata')),
    quantity integer not null check (quantity >= 0),
    unit_price numeric(14,6) not null,
    net numeric(14,2) not null,
    clause text not null,               -- why it is charged
    count_rule text not null check (count_rule in ('counted', 'ordered', 'minimum_users', 'minimum_term', 'twelve_months')),
    count_clause text not null,
    counted integer, ordered integer not null,
    price_from date,                    -- valid_from of the price version used; null = price of the order line
    -- No day of a line is ever charged twice (BT-2.b). Ranges only, so that no extension is needed.
    exclude using gist (int4range(line_no, line_no, '[]') with &&, days with &&)
);
create index recurring_charge_run on recurring_charge (run_id);
create index recurring_charge_line on recurring_charge (line_no);

-- Units added within P and charged back for P; only with additions = "pro_rata" (BT-2.g).
create table addition_charge (
    run_id integer not null references run on delete cascade,
    line_no integer not null, period date not null, first_day date not null, to_day date not null,
    quantity integer not null check (quantity > 0), unit_price numeric(14,6) not null, net numeric(14,2) not null, clause text not null,
    primary key (line_no, period, first_day)
);

create table one_off_charge (
    run_id integer not null references run on delete cascade,
    line_no integer primary key,        -- once, ever (BT-2.a)
    ordered_on date not null, quantity integer not null check (quantity > 0),
    unit_price numeric(14,6) not null, net numeric(14,2) not null, clause text not null
);

-- Lines a run could not charge: no price (GC-5.1). The gate stops the run and names them.
create table charge_refusal (
    run_id integer not null references run on delete cascade,
    line_no integer not null, day date not null, reason text not null,
    primary key (run_id, line_no)
);

-- Contracts a run did not bill, with the acts still missing, ", " between (GC-2.2).
create table contract_not_in_force (
    run_id integer not null references run on delete cascade,
    contract_id text not null, missing text not null,
    primary key (run_id, contract_id)
);

-- ---------------------------------------------------------------- invoices
create table number_series (
    series text primary key,            -- kind and year: invoice-2026
    last_seq integer not null default 0
);

create table invoice (
    invoice_id bigint generated always as identity primary key,
    run_id integer not null references run,
    kind text not null check (kind in ('invoice', 'credit_note', 'debit_note')),
    payer_id text not null, payer_version integer not null,
    payment_days integer not null,
    net numeric(14,2) not null, vat numeric(14,2) not null, gross numeric(14,2) not null,
    series text, seq integer, number text unique, issued_on date, due_on date, structured_reference text unique,
    check (gross = net + vat),
    check ((number is null) = (seq is null) and (number is null) = (series is null) and (number is null) = (issued_on is null)
           and (number is null) = (due_on is null) and (number is null) = (structured_reference is null)),
    unique (series, seq),
    unique (run_id, kind, payer_id, payment_days),
    foreign key (payer_id, payer_version) references party (party_id, version)
);

create table invoice_line (
    invoice_id bigint not null references invoice on delete cascade,
    line_seq integer not null,
    contract_id text not null, end_client_id text not null, line_id text not null, product text not null,
    description text not null,
    charge text not null check (charge in ('one_off', 'recurring', 'pro_rata', 'usage', 'balance', 'credit', 'refund', 'fee', 'interest')),
    from_day date not null, to_day date not null check (to_day >= from_day),
    quantity numeric(14,6) not null, unit_price numeric(14,6), net numeric(14,2) not null,
    vat_category text not null check (vat_category in ('S', 'AE', 'O', 'E')), vat_rate numeric(5,2) not null,
    clause text not null, note text not null default '',
    primary key (invoice_id, line_seq)
);
create table invoice_vat (
    invoice_id bigint not null references invoice on delete cascade,
    vat_category text not null, vat_rate numeric(5,2) not null, base numeric(14,2) not null, vat numeric(14,2) not null,
    primary key (invoice_id, vat_category, vat_rate)
);

create table document (
    run_id integer not null references run, invoice_id bigint not null references invoice,
    kind text not null check (kind in ('invoice', 'summary')),
    end_client_id text not null default '',
    path text not null, sha256 text not null, size bigint not null,
    primary key (invoice_id, kind, end_client_id)
);

create table delivery (
    delivery_id bigint generated always as identity primary key,
    run_id integer references run,
    purpose text not null check (purpose in ('invoice', 'reminder')),
    invoice_id bigint references invoice, payer_id text not null,
    channel text not null check (channel in ('email', 'portal')),
    recipients text not null,           -- ";" between; the folder or URL for the portal
    message_id text not null unique,
    state text not null default 'pending' check (state in ('pending', 'sent', 'failed')),
    attempts integer not null default 0, last_error text not null default '',
    recorded_at timestamptz not null default now(), sent_at timestamptz
);
create unique index one_delivery_per_invoice on delivery (invoice_id) where purpose = 'invoice';

-- ---------------------------------------------------------------- money in, reminders out
create table payment (
    payment_no bigint generated always as identity primary key,
    invoice_id bigint not null references invoice, amount numeric(14,2) not null check (amount > 0), paid_on date not null,
    recorded_at timestamptz not null default now()
);
create table dunning_notice (
    notice_id bigint generated always as identity primary key,
    payer_id text not null, policy text not null, level integer not null check (level > 0), noticed_on date not null,
    anchor_invoice_id bigint not null references invoice, anchor_due_on date not null,
    open_amount numeric(14,2) not null, fee numeric(14,2) not null default 0, clause text not null,
    delivery_id bigint references delivery,
    unique (payer_id, noticed_on)       -- at most one stage a run and payer
);
create table dunning_notice_invoice (
    notice_id bigint not null references dunning_notice on delete cascade,
    invoice_id bigint not null references invoice, open_amount numeric(14,2) not null,
    primary key (notice_id, invoice_id)
);

-- ---------------------------------------------------------------- what must never happen
create function refuse_frozen_snapshot() returns trigger language plpgsql as $$
declare d date := case when tg_op = 'INSERT' then new.snapshot_on else old.snapshot_on end;
begin
    if exists (select 1 from run where snapshot_on = d) then
        raise exception 'the inventory snapshot of % was used by a close and can never change (BT-2.f)', d using errcode = 'integrity_constraint_violation';
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger frozen before insert or update or delete on inventory_element for each row execute function refuse_frozen_snapshot();
create trigger frozen before update or delete on inventory_snapshot for each row execute function refuse_frozen_snapshot();

create function refuse_issued_invoice() returns trigger language plpgsql as $$
begin
    if old.number is not null then
        raise exception 'invoice % is issued and can never change; correct it with a credit note', old.number using errcode = 'integrity_constraint_violation';
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger issued before update or delete on invoice for each row execute function refuse_issued_invoice();

create function refuse_issued_invoice_part() returns trigger language plpgsql as $$
declare i bigint := case when tg_op = 'INSERT' then new.invoice_id else old.invoice_id end; n text;
begin
    select number into n from invoice where invoice_id = i;
    if n is not null then
        raise exception 'invoice % is issued and its lines can never change; correct it with a credit note', n using errcode = 'integrity_constraint_violation';
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger issued before insert or update or delete on invoice_line for each row execute function refuse_issued_invoice_part();
create trigger issued before insert or update or delete on invoice_vat for each row execute function refuse_issued_invoice_part();

-- When a number is given, the totals must be those of the lines and of the VAT table.
create function require_balanced_invoice() returns trigger language plpgsql as $$
declare lines numeric; base numeric; vat numeric;
begin
    if new.number is null then return null; end if;
    select coalesce(sum(l.net), 0) into lines from invoice_line l where l.invoice_id = new.invoice_id;
    select coalesce(sum(v.base), 0), coalesce(sum(v.vat), 0) into base, vat from invoice_vat v where v.invoice_id = new.invoice_id;
    if lines <> new.net or base <> new.net or vat <> new.vat then
        raise exception 'invoice % does not balance: lines %, VAT bases %, net %; VAT table %, VAT %', new.number, lines, base, new.net, vat, new.vat
            using errcode = 'integrity_constraint_violation';
    end if;
    return null;
end $$;
create constraint trigger balanced after insert or update on invoice deferrable initially deferred for each row execute function require_balanced_invoice();

create function refuse_truncate() returns trigger language plpgsql as $$
begin
    raise exception 'the ledger table % is never emptied', tg_table_name using errcode = 'integrity_constraint_violation';
end $$;
create trigger kept before truncate on invoice for each statement execute function refuse_truncate();
create trigger kept before truncate on invoice_line for each statement execute function refuse_truncate();
create trigger kept before truncate on invoice_vat for each statement execute function refuse_truncate();
create trigger kept before truncate on recurring_charge for each statement execute function refuse_truncate();
create trigger kept before truncate on inventory_snapshot for each statement execute function refuse_truncate();
create trigger kept before truncate on inventory_element for each statement execute function refuse_truncate();

-- Gapless: after any statement that touches numbers, each series it touched holds exactly 1 … last_seq.
create function require_gapless_series() returns trigger language plpgsql as $$
declare gap text;
begin
    select s.series into gap
    from number_series s left join lateral (select count(*) as n, coalesce(max(i.seq), 0) as top from invoice i where i.series = s.series) i on true
    where s.series in (select distinct series from changed where series is not null) and (i.n <> i.top or i.top <> s.last_seq)
    limit 1;
    if gap is not null then
        raise exception 'the numbers of series % would have a gap or a number twice', gap using errcode = 'integrity_constraint_violation';
    end if;
    return null;
end $$;
create trigger gapless_update after update on invoice referencing new table as changed for each statement execute function require_gapless_series();
create trigger gapless_insert after insert on invoice referencing new table as changed for each statement execute function require_gapless_series();

create function refuse_lower_series() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or new.last_seq < old.last_seq then
        raise exception 'the numbers of series % can only go up', old.series using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
create trigger only_up before update or delete on number_series for each row execute function refuse_lower_series();

-- A charge whose run has issued its invoices stays.
create function refuse_issued_charge() returns trigger language plpgsql as $$
begin
    if exists (select 1 from run_step where run_id = old.run_id and step = 'issue' and state = 'accepted') then
        raise exception 'line % of run % is on an issued invoice and can never change', old.line_no, old.run_id using errcode = 'integrity_constraint_violation';
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger issued before update or delete on recurring_charge for each row execute function refuse_issued_charge();
create trigger issued before update or delete on addition_charge for each row execute function refuse_issued_charge();
create trigger issued before update or delete on one_off_charge for each row execute function refuse_issued_charge();

-- ---------------------------------------------------------------- a file of the feed on its way in
-- Emptied when a file begins, one import works at a time. Unlogged: after a crash the file is read again from its beginning.
create unlogged table incoming_parties as
    select party_id, role, partner_id, name, language, billing_emails, delivery, street, postal_code, city, country, vat_number, peppol_id
    from party with no data;
create unlogged table incoming_products as
    select product, service, kind, timing, name_fr, name_nl, name_en, revenue_account from product with no data;
create unlogged table incoming_contracts as
    select contract_id, payer_id, terms, signed_on, credit_approved_on, deposit_required, deposit_received_on, confirmed_on, starts_on,
           term_months, payment_days
    from contract with no data;
create unlogged table incoming_prices as select product, valid_from, unit_price, announced_on from price with no data;
create unlogged table incoming_packs as select product, valid_from, destination_group, minutes, data_mb from pack with no data;
create unlogged table incoming_rates (
    deck text, prefix text, destination text, destination_group text, valid_from date,
    per_minute numeric(14,6), setup numeric(14,6), first_increment integer, next_increment integer
);
create unlogged table incoming_order_lines as
    select line_id, contract_id, end_client_id, product, quantity, unit_price, starts_on, ends_on, min_months, charged_through
    from order_line with no data;
create unlogged table incoming_records (record_id text, record jsonb);
create unlogged table incoming_usage (
    file_line bigint, again boolean,    -- again: the id stands on an earlier line of the file too
    usage_id text, line_no integer, kind smallint, outgoing boolean, caller text, callee text, callee_key bigint,
    started_at timestamptz, quantity bigint, visited_country text
);
