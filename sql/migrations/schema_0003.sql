-- Money in: bank statements, their movements, and where each cent of them went.
-- Rows are only ever added. Where money went is corrected by a row that takes it out of one place and one that puts it in another.

create table bank_statement (
    statement_no bigint generated always as identity primary key,
    iban text not null, currency text not null check (currency = 'EUR'),
    number integer check (number > 0),  -- null: the bank numbers none
    from_day date not null, to_day date not null check (to_day >= from_day),
    opening numeric(14,2) not null, closing numeric(14,2) not null,
    layout text not null check (layout in ('camt.053', 'coda')),
    path text not null,                 -- of the file it came in, relative to the feed
    import_no integer not null references import_run,
    gap_accepted_by text not null default '',
    recorded_at timestamptz not null default now()
);
create unique index bank_statement_once on bank_statement (iban, extract(year from to_day), number) where number is not null;
create unique index bank_statement_once_unnumbered on bank_statement (iban, to_day, opening, closing) where number is null;

create table bank_movement (
    movement_no bigint generated always as identity primary key,
    statement_no bigint not null references bank_statement,
    seq integer not null check (seq > 0),
    bank_reference text not null, booked_on date not null, value_on date not null,
    amount numeric(14,2) not null,      -- positive = came in
    counterparty_iban text not null, counterparty_name text not null,
    reference text not null check (reference ~ '^([0-9]{12})?$'),
    text text not null, end_to_end_id text not null, mandate_id text not null,
    is_return boolean not null, return_reason text not null,
    unique (statement_no, seq)
);
create index bank_movement_amount on bank_movement (amount);
create index bank_movement_account on bank_movement (counterparty_iban) where counterparty_iban <> '';

-- Of each movement, what went to an invoice, on account of a payer, nowhere yet, or aside: money that is no payer's
-- (what the operator paid, charges of the bank, a payment handed back before it was matched).
create table allocation (
    allocation_no bigint generated always as identity primary key,
    movement_no bigint not null references bank_movement,
    place text not null check (place in ('invoice', 'on_account', 'unmatched', 'aside')),
    invoice_id bigint references invoice, payer_id text,
    amount numeric(14,2) not null check (amount <> 0),
    how text not null check (how in ('communication', 'amount and account', 'return', 'outgoing', 'unmatched', 'by hand')),
    returns_movement_no bigint references bank_movement,   -- the movement a return hands back
    decided_by text not null default '' check (how <> 'by hand' or decided_by <> ''),
    recorded_at timestamptz not null default now(),
    check ((place = 'invoice') = (invoice_id is not null)),
    check ((place = 'on_account') = (payer_id is not null))
);
create index allocation_movement on allocation (movement_no);
create index allocation_invoice on allocation (invoice_id) where invoice_id is not null;
create index allocation_returns on allocation (returns_movement_no) where returns_movement_no is not null;
create index allocation_on_account on allocation (payer_id) where payer_id is not null;

-- What an allocation puts on an invoice is a payment of it; taken back, a payment below zero on the day of the return.
alter table payment
    add column movement_no bigint references bank_movement,
    add column allocation_no bigint unique references allocation,
    add constraint payment_of_a_movement check ((movement_no is null) = (allocation_no is null)),
    drop constraint payment_amount_check,
    add constraint payment_amount_check check (amount > 0 or (amount < 0 and allocation_no is not null));
create index payment_invoice on payment (invoice_id);

-- ---------------------------------------------------------------- nothing of it ever changes
create function refuse_ledger_change() returns trigger language plpgsql as $$
begin
    raise exception 'a row of % can never change or go; add one that corrects it', tg_table_name using errcode = 'integrity_constraint_violation';
end $$;
create trigger kept before update or delete on bank_statement for each row execute function refuse_ledger_change();
create trigger kept before update or delete on bank_movement for each row execute function refuse_ledger_change();
create trigger kept before update or delete on allocation for each row execute function refuse_ledger_change();
create trigger kept before update or delete on payment for each row when (old.allocation_no is not null) execute function refuse_ledger_change();
create trigger never_emptied before truncate on bank_statement for each statement execute function refuse_truncate();
create trigger never_emptied before truncate on bank_movement for each statement execute function refuse_truncate();
create trigger never_emptied before truncate on allocation for each statement execute function refuse_truncate();

-- ---------------------------------------------------------------- it adds up, at the end of every transaction
create function require_statement_sum() returns trigger language plpgsql as $$
declare wrong text;
begin
    select format('statement %s opens with %s, moves %s and closes with %s', s.statement_no, s.opening, coalesce(m.amount, 0), s.closing) into wrong
    from bank_statement s
    left join (select statement_no, sum(amount) as amount from bank_movement where statement_no = new.statement_no group by 1) m using (statement_no)
    where s.statement_no = new.statement_no and s.opening + coalesce(m.amount, 0) <> s.closing;
    if wrong is not null then raise exception '%', wrong using errcode = 'integrity_constraint_violation'; end if;
    return null;
end $$;
create constraint trigger adds_up after insert on bank_statement deferrable initially deferred for each row execute function require_statement_sum();
create constraint trigger adds_up after insert on bank_movement deferrable initially deferred for each row execute function require_statement_sum();

-- Money received = on invoices + on account + unmatched (+ aside), movement by movement; no place holds less than nothing of a movement that
-- came in, nor more than nothing of one that went out.
create function require_whole_allocation() returns trigger language plpgsql as $$
declare came numeric; went numeric; wrong text;
begin
    select amount into came from bank_movement where movement_no = new.movement_no;
    select coalesce(sum(amount), 0) into went from allocation where movement_no = new.movement_no;
    if came <> went then
        raise exception 'movement % is % and % of it is allocated', new.movement_no, came, went using errcode = 'integrity_constraint_violation';
    end if;
    select format('%s of movement %s on %s %s', sum(amount), movement_no, place, coalesce(payer_id, invoice_id::text)) into wrong
    from allocation
    where movement_no = new.movement_no
    group by movement_no, place, invoice_id, payer_id
    having sum(amount) * sign(came) < 0
    limit 1;
    if wrong is not null then
        raise exception 'more is taken out than was put in: %', wrong using errcode = 'integrity_constraint_violation';
    end if;
    return null;
end $$;
create constraint trigger whole after insert on bank_movement deferrable initially deferred for each row execute function require_whole_allocation();
create constraint trigger whole after insert on allocation deferrable initially deferred for each row execute function require_whole_allocation();

-- An allocation to an invoice is one payment of it, of the same amount.
create function require_payment_of_allocation() returns trigger language plpgsql as $$
begin
    if new.place = 'invoice' and not exists (
        select from payment p
        where p.allocation_no = new.allocation_no and p.invoice_id = new.invoice_id and p.amount = new.amount
    ) then
        raise exception 'allocation % is no payment of its invoice', new.allocation_no using errcode = 'integrity_constraint_violation';
    end if;
    return null;
end $$;
create constraint trigger paid after insert on allocation deferrable initially deferred for each row execute function require_payment_of_allocation();

create function require_allocation_of_payment() returns trigger language plpgsql as $$
begin
    if new.allocation_no is not null and not exists (
        select from allocation a
        where a.allocation_no = new.allocation_no and a.movement_no = new.movement_no and a.invoice_id = new.invoice_id and a.amount = new.amount
    ) then
        raise exception 'payment % is not what its allocation says', new.payment_no using errcode = 'integrity_constraint_violation';
    end if;
    if new.amount < 0 and (select sum(amount) from payment where invoice_id = new.invoice_id) < 0 then
        raise exception 'more is taken back of invoice % than was paid', new.invoice_id using errcode = 'integrity_constraint_violation';
    end if;
    return null;
end $$;
create constraint trigger allocated after insert on payment deferrable initially deferred
    for each row execute function require_allocation_of_payment();

-- Money on account of a payer, all movements together, never falls below zero.
create function require_on_account() returns trigger language plpgsql as $$
begin
    if new.place = 'on_account' and (select sum(amount) from allocation where payer_id = new.payer_id) < 0 then
        raise exception 'more is taken from the account of payer % than is on it', new.payer_id using errcode = 'integrity_constraint_violation';
    end if;
    return null;
end $$;
create constraint trigger on_account after insert on allocation deferrable initially deferred for each row execute function require_on_account();
