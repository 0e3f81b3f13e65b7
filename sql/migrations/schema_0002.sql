-- The whole contract: leaving, credit notes, ad-hoc charges, SLA credits, deposits, minimum service, roaming.

-- ---------------------------------------------------------------- records of the feed, typed
create function feed_record_at(n integer, wanted text) returns setof feed_record language sql stable as
    'select * from feed_record where table_name = wanted and valid_import <= n and (superseded_import is null or superseded_import > n)';

create function termination_at(n integer) returns table (
    termination_id text, contract_id text, line_id text, end_client_id text, ended_by text,
    received_on date, requested_on date, client_breach boolean, proof text
) language sql stable as $$
    select record_id, record ->> 'contract_id', nullif(record ->> 'line_id', ''), nullif(record ->> 'end_client_id', ''), record ->> 'by',
           cast(record ->> 'received_on' as date), cast(nullif(record ->> 'requested_on', '') as date),
           cast(record ->> 'client_breach' as boolean), coalesce(record ->> 'proof', '')
    from feed_record_at(n, 'terminations')
$$;

create function ad_hoc_charge_at(n integer) returns table (
    charge_id text, contract_id text, end_client_id text, charged_on date, product text, description text,
    quantity numeric, unit_price numeric, reason_clause text
) language sql stable as $$
    select record_id, record ->> 'contract_id', nullif(record ->> 'end_client_id', ''), cast(record ->> 'on' as date),
           nullif(record ->> 'product', ''), coalesce(record ->> 'description', ''), cast(record ->> 'quantity' as numeric),
           cast(nullif(record ->> 'unit_price', '') as numeric), coalesce(record ->> 'reason_clause', '')
    from feed_record_at(n, 'charges')
$$;

create function sla_credit_at(n integer) returns table (
    credit_id text, contract_id text, end_client_id text, granted_on date, amount numeric, reason text
) language sql stable as $$
    select record_id, record ->> 'contract_id', nullif(record ->> 'end_client_id', ''), cast(record ->> 'on' as date),
           cast(record ->> 'amount' as numeric), record ->> 'reason'
    from feed_record_at(n, 'credits')
$$;

create function deposit_at(n integer) returns table (
    deposit_id text, payer_id text, moved_on date, amount numeric, kind text
) language sql stable as $$
    select record_id, record ->> 'payer_id', cast(record ->> 'on' as date), cast(record ->> 'amount' as numeric), record ->> 'kind'
    from feed_record_at(n, 'deposits')
$$;

create function suspension_at(n integer) returns table (
    suspension_id text, end_client_id text, starts_on date, ends_on date, clause text, note text
) language sql stable as $$
    select record_id, record ->> 'end_client_id', cast(record ->> 'starts_on' as date), cast(nullif(record ->> 'ends_on', '') as date),
           record ->> 'reason_clause', coalesce(record ->> 'note', '')
    from feed_record_at(n, 'suspensions')
$$;

-- ---------------------------------------------------------------- runs
-- A credit run makes credit notes on finance's decision, and with them the invoice that takes the place of the credited one.
alter table run drop constraint run_kind_check, add constraint run_kind_check check (kind in ('close', 'orders', 'credit'));
alter table run
    add column subject text not null default '',   -- of a credit run: the number of the invoice that is credited
    add column request text not null default '';   -- of a credit run: what was asked, as JSON, so that asking twice credits once
create unique index one_credit_run_per_request on run (subject, run_on, md5(request)) where kind = 'credit';

alter table run_step        -- for a later recomputation: the settings its rules read, when it began to read and when its rows stood
    add column settings json not null default '{}',
    add column began_at timestamptz,
    add column staged_at timestamptz;

-- ---------------------------------------------------------------- usage
-- A prefix may begin with the visited country: us: for calls made in the United States, us:data for data used there.
alter table rate drop constraint rate_prefix_check, add constraint rate_prefix_check check (prefix ~ '^([a-z]{2}:)?(s|sms|data)?[0-9]*$');

-- Where it was made, as rating reads it: 0 at home, else the two letters as a number (see billing.visited).
alter table usage_record add column visited smallint not null generated always as (
    case when visited_country in ('', 'BE') then 0 else (ascii(visited_country) - 64) * 32 + ascii(substr(visited_country, 2)) - 64 end
) stored;
create index usage_record_abroad on usage_record (started_at) where visited <> 0;   -- who roams, without a look at all the rest (GC-6.1)

alter table rated_usage
    add column beyond bigint not null default 0,            -- bytes past the roaming limit, part of `charged` (GC-6.2)
    add column beyond_rate_no integer not null default 0;   -- the surcharge they were priced at; 0 = none

create table roaming_use (                  -- data used by one user in the Union, towards his limit of the month (GC-6.2)
    run_id integer not null references run on delete cascade,
    line_no integer not null, sim text not null, month date not null,
    bytes bigint not null check (bytes > 0),                -- by this run alone
    released_by bigint references invoice,
    primary key (run_id, line_no, sim, month)
);

-- ---------------------------------------------------------------- what is charged
-- The days of the balance of a contract (CG-3.d) are days charged like others: no later bill can hold them again.
-- What an invoice charged is free again once a credit note has taken the whole invoice back to be made anew (released_by).
alter table recurring_charge
    drop constraint recurring_charge_charge_check,
    add constraint recurring_charge_charge_check check (charge in ('recurring', 'pro_rata', 'balance')),
    drop constraint recurring_charge_count_rule_check,
    add constraint recurring_charge_count_rule_check
        check (count_rule in ('counted', 'ordered', 'minimum_users', 'minimum_term', 'twelve_months', 'previous_invoice')),
    add column released_by bigint references invoice;
do $$
declare excluded text;
begin
    select conname into strict excluded from pg_constraint where conrelid = 'recurring_charge'::regclass and contype = 'x';
    execute format('alter table recurring_charge drop constraint %I', excluded);
end $$;
alter table recurring_charge add constraint no_day_twice
    exclude using gist (int4range(line_no, line_no, '[]') with &&, days with &&) where (released_by is null);

alter table addition_charge add column released_by bigint references invoice, drop constraint addition_charge_pkey,
    add primary key (run_id, line_no, period, first_day);
create unique index addition_once on addition_charge (line_no, period, first_day) where released_by is null;
alter table one_off_charge add column released_by bigint references invoice, drop constraint one_off_charge_pkey, add primary key (run_id, line_no);
create unique index one_off_once on one_off_charge (line_no) where released_by is null;
alter table pool_use add column released_by bigint references invoice;

create table ad_hoc_charge (                -- charges of the feed: porting out, costs of misuse … (BT-2.j, GC-4.5)
    run_id integer not null references run on delete cascade,
    charge_id text not null, contract_id text not null, end_client_id text not null, product text not null, description text not null,
    charged_on date not null, quantity numeric(14,6) not null check (quantity > 0), unit_price numeric(14,6) not null,
    net numeric(14,2) not null, clause text not null,
    released_by bigint references invoice,
    primary key (run_id, charge_id)
);
create unique index ad_hoc_once on ad_hoc_charge (charge_id) where released_by is null;

-- Charges that were due and that a run did not bill, and why.
create table ad_hoc_waiting (
    run_id integer not null references run on delete cascade,
    charge_id text not null, contract_id text not null,
    why text not null check (why in ('unpriced', 'not_in_force', 'bankrupt')), reason text not null,
    primary key (run_id, charge_id)
);

-- The usage of a line that a run rated and a credit note has released: the run of the credit note has rated it again.
create table usage_release (
    run_id integer not null references run, line_no integer not null, released_by bigint not null references invoice,
    primary key (run_id, line_no)
);

-- What a draft has released is looked for whenever a draft is removed.
create index recurring_charge_released on recurring_charge (released_by) where released_by is not null;
create index addition_charge_released on addition_charge (released_by) where released_by is not null;
create index one_off_charge_released on one_off_charge (released_by) where released_by is not null;
create index ad_hoc_charge_released on ad_hoc_charge (released_by) where released_by is not null;
create index pool_use_released on pool_use (released_by) where released_by is not null;
create index roaming_use_released on roaming_use (released_by) where released_by is not null;
create index usage_release_released on usage_release (released_by);

-- ---------------------------------------------------------------- leaving
create table line_ending (                  -- what a close decided about the end of each line that was terminated
    run_id integer not null references run on delete cascade,
    line_no integer not null, termination_id text not null,
    past_day date not null,                 -- the first day without service
    balance_until date,                     -- the first day after the days a balance is due for; null = none is due
    clause text not null,                   -- what fixes the end
    primary key (run_id, line_no)
);
create index line_ending_line on line_ending (line_no);

create table refund (                       -- days charged beyond the end of service, given back (GC-13.2)
    run_id integer not null references run on delete cascade,
    line_no integer not null, days daterange not null check (not isempty(days)), termination_id text not null,
    charged_run_id integer not null references run,         -- the run whose invoice charged them
    net numeric(14,2) not null check (net >= 0),            -- EUR given back, positive
    below_floor boolean not null,           -- true = under 10 EUR together, not refunded
    clause text not null,
    exclude using gist (int4range(line_no, line_no, '[]') with &&, days with &&) where (not below_floor)
);
create index refund_line on refund (line_no);

-- ---------------------------------------------------------------- inventory
-- A close counts by its snapshot, by those before it the first day of each element, and lines that ended earlier by the one of that day:
-- so every snapshot up to the one a close has used is frozen with it (BT-2.f).
create or replace function refuse_frozen_snapshot() returns trigger language plpgsql as $$
declare d date := case when tg_op = 'INSERT' then new.snapshot_on else old.snapshot_on end;
begin
    if exists (select 1 from run where snapshot_on >= d) then
        raise exception 'the inventory snapshot of % was used by a close and can never change (BT-2.f)', d using errcode = 'integrity_constraint_violation';
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end $$;

-- The snapshot that a line was counted by in a close: the one the close froze, or the one of the line's last day where that came earlier.
create function counted_on(run_no integer, line integer, imported integer) returns date language sql stable as $$
    select max(s.snapshot_on)
    from inventory_snapshot s, run r
    where r.run_id = run_no
        and s.snapshot_on <= least(
            r.snapshot_on,
            (select o.ends_on from order_line_at(imported) o where o.line_no = line),
            (select e.past_day - 1 from line_ending e where e.run_id = run_no and e.line_no = line))
$$;

-- ---------------------------------------------------------------- credit notes
-- Amounts of a credit note are negative: what it takes back. Each of its lines names the line of the invoice it credits.
alter table invoice
    add column credits_invoice_id bigint references invoice,
    add column reason text not null default '',
    drop constraint invoice_run_id_kind_payer_id_payment_days_key,
    add constraint one_document_per_run unique nulls not distinct (run_id, kind, payer_id, payment_days, credits_invoice_id),
    add constraint credit_names_its_invoice check ((kind = 'credit_note') = (credits_invoice_id is not null));
alter table invoice_line add column credits_line_seq integer;
create index invoice_credits on invoice (credits_invoice_id) where credits_invoice_id is not null;

-- Of a line, never more is credited than it charged (of a numbered credit note; drafts are free).
create function require_credit_within_line() returns trigger language plpgsql as $$
declare over text;
begin
    if new.kind <> 'credit_note' or new.number is null then return null; end if;
    select format('line %s of invoice %s charges %s and %s would be credited', l.line_seq, i.number, l.net, -sum(c.net)) into over
    from invoice_line l
    join invoice i on i.invoice_id = l.invoice_id
    join invoice n on n.credits_invoice_id = l.invoice_id and n.number is not null
    join invoice_line c on c.invoice_id = n.invoice_id and c.credits_line_seq = l.line_seq
    where l.invoice_id = new.credits_invoice_id
    group by l.line_seq, i.number, l.net
    having case when l.net >= 0 then -sum(c.net) > l.net else -sum(c.net) < l.net end
    limit 1;
    if over is null then
        select format('line %s credits no line of the invoice', c.line_seq) into over
        from invoice_line c
        where c.invoice_id = new.invoice_id and not exists (
            select from invoice_line l where l.invoice_id = new.credits_invoice_id and l.line_seq = c.credits_line_seq
                and l.vat_category = c.vat_category and l.vat_rate = c.vat_rate)
        limit 1;
    end if;
    if over is not null then
        raise exception 'credit note %: %', new.number, over using errcode = 'integrity_constraint_violation';
    end if;
    return null;
end $$;
create constraint trigger credit_within_line after insert or update on invoice deferrable initially deferred
    for each row execute function require_credit_within_line();

-- An issued charge stays as it is; only that a credit note has released it may be noted, once.
create or replace function refuse_issued_charge() returns trigger language plpgsql as $$
begin
    if exists (select 1 from run_step where run_id = old.run_id and step = 'issue' and state = 'accepted') then
        if tg_op = 'UPDATE' and old.released_by is null and to_jsonb(new) - 'released_by' = to_jsonb(old) - 'released_by' then
            return new;
        end if;
        raise exception '% of run % is on an issued invoice and can never change', tg_table_name, old.run_id using errcode = 'integrity_constraint_violation';
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger issued before update or delete on ad_hoc_charge for each row execute function refuse_issued_charge();
create trigger kept before truncate on ad_hoc_charge for each statement execute function refuse_truncate();

-- ---------------------------------------------------------------- SLA credits and deposits
create table credit_use (                   -- how much of an SLA credit an invoice used up (GC-10.5)
    run_id integer not null references run on delete cascade,
    credit_id text not null,
    invoice_id bigint not null references invoice on delete cascade, line_seq integer not null,
    amount numeric(14,2) not null check (amount > 0),
    primary key (invoice_id, line_seq)
);
create index credit_use_credit on credit_use (credit_id);

-- What was left of a credit when its contract had ended: paid out, so no later invoice uses it.
create table credit_payout (
    run_id integer not null references run on delete cascade,
    credit_id text not null, amount numeric(14,2) not null check (amount > 0),
    primary key (run_id, credit_id)
);

create table deposit_set_off (              -- of a deposit, set off against overdue debt on finance's decision (GC-5.3)
    set_off_no bigint generated always as identity primary key,
    payer_id text not null, amount numeric(14,2) not null check (amount > 0), set_off_on date not null,
    decided_by text not null, reason text not null,
    recorded_at timestamptz not null default now()
);
alter table payment add column set_off_no bigint references deposit_set_off;
