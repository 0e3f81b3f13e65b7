-- What happens when money does not come: letters by level, late charges on debit notes, suspension orders; and money that is fetched.

-- ---------------------------------------------------------------- letters
-- A mail that came back was sent and not delivered, from the day it came back on.
alter table delivery
    add column bounced_on date,
    add column bounce_reason text not null default '',
    add constraint delivery_bounced check (bounced_on is null or state = 'sent');

alter table dunning_notice
    add column segment text not null default '',
    add column recovery_cost numeric(14,2) not null default 0 check (recovery_cost >= 0),
    add column pay_by date,                 -- asked for in the letter; null: letters of the first release asked for no day
    add column next_on date,                -- from when the letter says the next level may follow
    add column path text not null default '',   -- of its PDF in the store
    add column sha256 text not null default '',
    add constraint dunning_notice_level check (level between 1 and 4);

-- What waits or failed is few among all that was ever sent; the rest is looked for by its references, also by the database itself,
-- for each letter that is withdrawn and each draft that is made anew.
create index delivery_not_sent on delivery (delivery_id) where state <> 'sent';
create index delivery_invoice on delivery (invoice_id) where invoice_id is not null;
create index dunning_notice_day on dunning_notice (noticed_on);
create index dunning_notice_delivery on dunning_notice (delivery_id);
create index dunning_notice_anchor on dunning_notice (anchor_invoice_id);
create index dunning_notice_invoice_invoice on dunning_notice_invoice (invoice_id);

-- Reminders sent although the bank statements were not up to date: the day, and on whose word.
create table dunning_on_word (
    dunned_on date primary key,
    accepted_by text not null check (accepted_by <> ''),
    recorded_at timestamptz not null default now()
);

-- ---------------------------------------------------------------- late charges: interest, fees, recovery costs
-- A run of late charges makes the debit notes of a calendar month, once.
alter table run drop constraint run_kind_check, add constraint run_kind_check check (kind in ('close', 'orders', 'credit', 'late_charges'));
create unique index one_late_charges_run_per_month on run (extract(year from run_on), extract(month from run_on)) where kind = 'late_charges';

create table late_charge (
    run_id integer not null references run on delete cascade,
    charge_no integer not null,                         -- within the run, in the order of the debit notes
    payer_id text not null,
    what text not null check (what in ('interest', 'reminder_fee', 'recovery_cost', 'reactivation')),
    invoice_id bigint references invoice,               -- of interest: the invoice that was late
    notice_id bigint references dunning_notice,         -- of a fee, or of a cost that a level carries: the letter
    cost_id text,                                       -- of a cost that was incurred: its row of recovery_costs.csv
    order_no bigint,                                    -- of a reactivation: the order that restored the service
    from_day date not null, to_day date not null check (to_day >= from_day),
    charged_before numeric(14,2) not null default 0 check (charged_before >= 0),   -- of interest: what earlier debit notes asked
    amount numeric(14,2) not null check (amount > 0),
    policy text not null, clause text not null,
    note text not null default '',
    debit_note_id bigint references invoice on delete set null, line_seq integer,   -- the line that charges it
    primary key (run_id, charge_no),
    check ((what = 'interest') = (invoice_id is not null)),
    check (what = 'interest' or charged_before = 0),
    check (what <> 'reminder_fee' or notice_id is not null),
    check (what <> 'recovery_cost' or (notice_id is null) <> (cost_id is null)),
    check ((what = 'reactivation') = (order_no is not null)),
    unique (run_id, invoice_id), unique (notice_id, what), unique (cost_id), unique (order_no)
);
create index late_charge_invoice on late_charge (invoice_id) where invoice_id is not null;
create index late_charge_debit_note on late_charge (debit_note_id);

-- How the interest of a charge was computed: all the delays of its invoice up to that day. The charge is their sum less what was charged before.
create table interest_delay (
    run_id integer not null, charge_no integer not null, seq integer not null,
    from_day date not null, to_day date not null check (to_day >= from_day),
    open_amount numeric(14,2) not null check (open_amount > 0),
    per_month numeric(14,12) not null,      -- the share of the open amount a month costs, after the caps of the policy
    cost numeric(24,12) not null,
    primary key (run_id, charge_no, seq),
    foreign key (run_id, charge_no) references late_charge on delete cascade
);

-- What a run of late charges had read, so that it can be computed again: no payment after this one, and which invoices' debits had come back.
create table late_charge_scope (
    run_id integer primary key references run on delete cascade,
    payment_no bigint not null,
    returned bigint[] not null default '{}'
);

-- What stands on an issued debit note stays.
create function refuse_charged_change() returns trigger language plpgsql as $$
begin
    if exists (select from late_charge c join invoice i on i.invoice_id = c.debit_note_id
               where c.run_id = old.run_id and c.charge_no = old.charge_no and i.number is not null) then
        raise exception 'charge % of run % is on an issued debit note and can never change', old.charge_no, old.run_id using errcode = 'integrity_constraint_violation';
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger issued before update or delete on late_charge for each row execute function refuse_charged_change();
create trigger issued before update or delete on interest_delay for each row execute function refuse_charged_change();

-- ---------------------------------------------------------------- suspension
create table suspension_order (
    order_no bigint generated always as identity primary key,
    payer_id text not null,
    measure text not null check (measure in ('minimum_service', 'restore')),
    restores_order_no bigint unique references suspension_order,
    ordered_on date not null,
    idempotency_key text not null unique,
    state text not null check (state in ('proposed', 'approved', 'rejected', 'withdrawn', 'sent', 'acknowledged')),
    decided_by text not null default '', decided_on date, reason text not null default '',
    attempts integer not null default 0, last_error text not null default '',
    sent_on date, acknowledged_on date, effective_on date,
    maybe_sent_on date,                     -- since when it may have reached the platform: a try began whose answer is not known
    refused_on date,                        -- the platform refused it (last_error): it waits for a person
    note text not null default '',          -- of its acknowledgement: end clients that were left as they were
    recorded_at timestamptz not null default now(),
    check ((measure = 'restore') = (restores_order_no is not null)),
    check (state not in ('approved', 'rejected', 'sent', 'acknowledged') or (decided_by <> '' and decided_on is not null)),
    check (state not in ('sent', 'acknowledged') or sent_on is not null),
    check (state <> 'acknowledged' or (acknowledged_on is not null and effective_on is not null))
);
-- One suspension of a payer at a time: the next is ordered once a restoration of this one is.
create unique index one_suspension_waits on suspension_order (payer_id) where measure = 'minimum_service' and state in ('proposed', 'approved');
create table suspension_ground (
    order_no bigint not null references suspension_order on delete cascade,
    clause text not null, since date not null, amount numeric(14,2) not null, invoices text[] not null default '{}',
    found_on date,                      -- the day it was last looked at, while the order waits for a decision; null: the day of the order
    primary key (order_no, clause)
);
create table suspension_scope (
    order_no bigint not null references suspension_order on delete cascade,
    end_client_id text not null, name text not null,
    primary key (order_no, end_client_id)
);
-- What finance may end after a month of suspension (GC-12.2.a): proposed, never done.
create table end_proposal (
    order_no bigint primary key references suspension_order,
    payer_id text not null, proposed_on date not null, clause text not null
);
alter table dunning_notice add column order_no bigint references suspension_order;   -- of a letter that tells of a suspension
alter table late_charge add constraint late_charge_order foreign key (order_no) references suspension_order;

-- No service is suspended before day 21 after a due date (GC-9.1.a), whatever a policy says.
create function refuse_early_suspension() returns trigger language plpgsql as $$
begin
    if new.clause = 'GC-9.1.a' and exists (
        select from invoice
        where number = any(new.invoices)
            and due_on + 21 > coalesce(new.found_on, (select ordered_on from suspension_order where order_no = new.order_no))
    ) then
        raise exception 'order % rests on an invoice less than 21 days late (GC-9.1.a)', new.order_no using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
create trigger not_early before insert or update on suspension_ground for each row execute function refuse_early_suspension();

-- ---------------------------------------------------------------- direct debits
create table collection (
    collection_no bigint generated always as identity primary key,
    collected_on date not null,             -- the day the bank is asked to debit the accounts
    scheme text not null check (scheme in ('CORE', 'B2B')),
    made_on date not null,
    message_id text not null unique,        -- of the pain.008 file
    path text not null, sha256 text not null,
    content bytea not null,                 -- the file as it goes to the bank: what is published again is the same
    accepted boolean not null default false,    -- its gate is passed; before, it is made anew by the next attempt
    published boolean not null default false check (accepted or not published),     -- the file was in the store
    unique (collected_on, scheme, made_on)
);
create table collection_item (
    collection_no bigint not null references collection,
    invoice_id bigint not null unique references invoice,   -- fetched once: after a return the payer is asked to pay
    mandate_id text not null, sequence text not null check (sequence in ('FRST', 'RCUR', 'OOFF', 'FNAL')),
    iban text not null, amount numeric(14,2) not null check (amount > 0),
    end_to_end_id text not null unique,
    credited_by bigint references bank_movement,    -- the movement that brought its money, of its own or of its batch
    returned_by bigint references bank_movement,    -- the movement that handed it back, also when that came before the money
    primary key (collection_no, invoice_id)
);
create index collection_item_mandate on collection_item (mandate_id);

-- A file that the bank may have stays as it is; of its items only what became of their money is noted.
create trigger kept before delete on collection for each row when (old.accepted) execute function refuse_ledger_change();
create trigger unchanged before update on collection for each row when (old.accepted and (
    (new.collection_no, new.collected_on, new.scheme, new.made_on, new.message_id, new.path, new.sha256, new.content, new.accepted)
    is distinct from (old.collection_no, old.collected_on, old.scheme, old.made_on, old.message_id, old.path, old.sha256, old.content, old.accepted)
)) execute function refuse_ledger_change();
create function refuse_collected_change() returns trigger language plpgsql as $$
begin
    if (select accepted from collection where collection_no = old.collection_no) and (tg_op = 'DELETE' or
        (new.collection_no, new.invoice_id, new.mandate_id, new.sequence, new.iban, new.amount, new.end_to_end_id) is distinct from
        (old.collection_no, old.invoice_id, old.mandate_id, old.sequence, old.iban, old.amount, old.end_to_end_id)) then
        raise exception 'an item of collection % can never change or go', old.collection_no using errcode = 'integrity_constraint_violation';
    end if;
    if tg_op = 'DELETE' then return old; end if;
    return new;
end $$;
create trigger kept before update or delete on collection_item for each row execute function refuse_collected_change();

-- The bank names the batch it credits by our payment information id or message id; what comes of a batch goes to its invoices.
alter table bank_movement add column batch_id text not null default '';
alter table allocation drop constraint allocation_how_check, add constraint allocation_how_check
    check (how in ('communication', 'amount and account', 'collection', 'return', 'outgoing', 'unmatched', 'by hand'));

-- ---------------------------------------------------------------- records of the feed, typed
create function mandate_at(n integer) returns table (
    mandate_id text, payer_id text, iban text, bic text, holder text, signed_on date, scheme text, ends_on date
) language sql stable as $$
    select record_id, record ->> 'payer_id', record ->> 'iban', coalesce(record ->> 'bic', ''), coalesce(record ->> 'holder', ''),
           cast(record ->> 'signed_on' as date), record ->> 'scheme', cast(nullif(record ->> 'ends_on', '') as date)
    from feed_record_at(n, 'mandates')
$$;
create function recovery_cost_at(n integer) returns table (
    cost_id text, payer_id text, incurred_on date, amount numeric, description text
) language sql stable as $$
    select record_id, record ->> 'payer_id', cast(record ->> 'on' as date), cast(record ->> 'amount' as numeric), record ->> 'description'
    from feed_record_at(n, 'recovery_costs')
$$;
create function segment_at(n integer) returns table (segment_id text, payer_id text, segment text, valid_from date)
language sql stable as $$
    select record_id, record ->> 'payer_id', record ->> 'segment', cast(record ->> 'valid_from' as date) from feed_record_at(n, 'segments')
$$;
create function deposit_request_at(n integer) returns table (
    request_id text, payer_id text, requested_on date, amount numeric, due_by date
) language sql stable as $$
    select record_id, record ->> 'payer_id', cast(record ->> 'on' as date), cast(record ->> 'amount' as numeric), cast(record ->> 'due_by' as date)
    from feed_record_at(n, 'deposit_requests')
$$;
