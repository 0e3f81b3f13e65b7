-- Finance's desk: who was asked about the drafts of a run and what was decided, amounts given up, the books.

-- ---------------------------------------------------------------- review of the drafts
-- Each time people are asked about the drafts of a close. An answer counts for the drafts that were shown, and until the deadline.
create table review_request (
    run_id integer not null references run on delete cascade,
    ask_no integer not null check (ask_no > 0),             -- counts within the run; part of the key of the form in Prefect
    drafts_hash text not null,                              -- of what the drafts bill, as it was shown
    flow_run text not null default '',                      -- the Prefect run that waits, "" when asked on the command line
    asked_at timestamptz not null default now(),
    deadline timestamptz not null,
    reminded_at timestamptz, reminders integer not null default 0,
    ended_at timestamptz,                                   -- answered, too late, or drafts made anew meanwhile
    ended_how text check (ended_how in ('answered', 'expired', 'replaced')),
    primary key (run_id, ask_no),
    check ((ended_at is null) = (ended_how is null))
);
create unique index one_open_ask on review_request (run_id) where ended_at is null;

-- What people decided, kept whatever happens to the drafts later; an answer that did not count is kept as well, with the reason.
create table run_decision (
    run_id integer not null references run on delete cascade,
    decision_no integer not null check (decision_no > 0),
    ask_no integer,                                         -- null: decided without people being asked
    decision text not null check (decision in ('approve', 'reject', 'exclude')),
    decided_by text not null check (decided_by ~ '\S'),
    comment text not null default '',
    excluded text[] not null default '{}',                  -- payers to leave out of this close
    drafts_hash text not null,
    decided_at timestamptz not null default now(),
    channel text not null check (channel in ('form', 'command', 'setting')),
    counts boolean not null default true,
    why_not text not null default '',                       -- too late, drafts made anew, approved before, the same person twice
    withdrawn_at timestamptz,                               -- an approval of drafts that were made again since
    primary key (run_id, decision_no),
    foreign key (run_id, ask_no) references review_request on delete cascade,
    check (not counts or (decision = 'exclude') = (excluded <> '{}')),
    check (not counts or decision <> 'reject' or comment ~ '\S'),
    check (counts = (why_not = ''))
);
-- A form is answered once, however often the answer is read; meanwhile others may decide on the command line.
create unique index one_answer_a_form on run_decision (run_id, ask_no) where channel = 'form';

-- Payers that finance leaves out of a close: parked at the drafts whatever else is right with them, and free for the next close.
create table payer_exclusion (
    run_id integer not null references run on delete cascade,
    payer_id text not null, excluded_by text not null, reason text not null,
    primary key (run_id, payer_id)
);

-- ---------------------------------------------------------------- closes set aside
-- A close begun by mistake leaves nothing behind; that there was one, and who set it aside, stays.
create table close_set_aside (
    set_aside_no bigint generated always as identity primary key,
    period date not null, run_on date not null, steps text[] not null,     -- steps that were accepted
    set_aside_by text not null check (set_aside_by ~ '\S'), reason text not null,
    set_aside_at timestamptz not null default now()
);

-- ---------------------------------------------------------------- amounts given up
-- What finance no longer expects of an invoice. It is booked as a payment that is no money, like a deposit set off.
create table write_off (
    write_off_no bigint generated always as identity primary key,
    invoice_id bigint not null references invoice,
    written_off_on date not null, amount numeric(14,2) not null check (amount <> 0),   -- below zero: taken back
    decided_by text not null check (decided_by ~ '\S'), reason text not null check (reason ~ '\S'),
    recorded_at timestamptz not null default now()
);
alter table payment add column write_off_no bigint unique references write_off;
alter table payment
    drop constraint payment_amount_check,
    add constraint payment_amount_check check (amount > 0 or (amount < 0 and (allocation_no is not null or write_off_no is not null)));

-- ---------------------------------------------------------------- what parked payers are left out with
-- EUR without VAT that the run had charged and did not bill: the issue releases it, and the report still accounts for it.
-- Null: parked before this was noted.
alter table parked_payer add column left_out numeric(14,2);

-- ---------------------------------------------------------------- the books
-- The journal of an accounting month. It is written anew until it is made final; what comes to light after that is booked in the next month.
create table journal (
    month date primary key check (month = date_trunc('month', month)::date),
    written_at timestamptz not null default now(),
    final_on date, final_by text not null default '',       -- the day it was made final, and by whom
    check ((final_on is null) = (final_by = ''))
);
create table journal_document (
    month date not null references journal on delete cascade,
    document_no integer not null check (document_no > 0),
    journal text not null check (journal in ('sales', 'credit_notes', 'debit_notes', 'bank', 'general')),
    document text not null,                 -- the number of the invoice, or of the thing booked: BNK-12, PAY-7, DEF-2026-11
    dated_on date not null, due_on date,    -- due: of invoices and debit notes
    reference text not null default '', text text not null default '',
    primary key (month, document_no), unique (month, document)
);
create table journal_entry (
    month date not null, document_no integer not null, entry_no integer not null check (entry_no > 0),
    account text not null, partner text not null default '',
    debit numeric(14,2) not null default 0 check (debit >= 0), credit numeric(14,2) not null default 0 check (credit >= 0),
    vat_code text not null default '', text text not null default '',
    primary key (month, document_no, entry_no),
    foreign key (month, document_no) references journal_document on delete cascade,
    check ((debit = 0) <> (credit = 0))
);
-- What of the ledger a document books: each thing once.
create table journal_source (
    source text not null check (source in ('invoice', 'movement', 'allocation', 'payment')), source_id bigint not null,
    month date not null, document_no integer not null,
    primary key (source, source_id),
    foreign key (month, document_no) references journal_document on delete cascade
);
create index journal_source_document on journal_source (month, document_no);

create function require_balanced_document() returns trigger language plpgsql as $$
declare m date; n integer; wrong text;
begin
    if tg_op = 'DELETE' then m := old.month; n := old.document_no; else m := new.month; n := new.document_no; end if;
    select format('%s of %s: debit %s, credit %s', d.document, to_char(m, 'YYYY-MM'), coalesce(sum(e.debit), 0), coalesce(sum(e.credit), 0)) into wrong
    from journal_document d left join journal_entry e using (month, document_no)
    where d.month = m and d.document_no = n
    group by d.document
    having coalesce(sum(e.debit), 0) <> coalesce(sum(e.credit), 0);
    if wrong is not null then
        raise exception 'the database refuses an unbalanced journal: %', wrong using errcode = 'integrity_constraint_violation';
    end if;
    return null;
end $$;
create constraint trigger balanced after insert or update or delete on journal_entry deferrable initially deferred
    for each row execute function require_balanced_document();

create function refuse_final_journal() returns trigger language plpgsql as $$
declare m date;
begin
    select month into m from journal
    where final_on is not null and (tg_op <> 'INSERT' and month = old.month or tg_op <> 'DELETE' and month = new.month);
    if m is not null then
        raise exception 'the journal of % is final and can never change; what came later is booked in the next month', to_char(m, 'YYYY-MM')
            using errcode = 'integrity_constraint_violation';
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger final before update or delete on journal for each row execute function refuse_final_journal();
create trigger final before insert or update or delete on journal_document for each row execute function refuse_final_journal();
create trigger final before insert or update or delete on journal_entry for each row execute function refuse_final_journal();
create trigger final before insert or update or delete on journal_source for each row execute function refuse_final_journal();
create trigger kept before truncate on journal for each statement execute function refuse_truncate();
create trigger kept before truncate on journal_document for each statement execute function refuse_truncate();
create trigger kept before truncate on journal_entry for each statement execute function refuse_truncate();
create trigger kept before truncate on journal_source for each statement execute function refuse_truncate();

-- Each line of a document with what says on which account it is income: what it credits, its service, and the account of its product as of
-- the import its draft was made from. Traffic is sold on the account of the service's product for usage.
create view sold_line as
select line.invoice_id, line.line_seq, line.charge, coalesce(credited.charge, '') as credited_charge, line.from_day, line.to_day, line.net,
    line.vat_category, line.vat_rate, coalesce(product.service, '') as service,
    coalesce(case when sold.is_usage then traffic.revenue_account else product.revenue_account end, '') as revenue_account
from invoice_line as line
join invoice on invoice.invoice_id = line.invoice_id
left join run_step as step on step.run_id = invoice.run_id and step.step = 'drafts'
left join invoice_line as credited on credited.invoice_id = invoice.credits_invoice_id and credited.line_seq = line.credits_line_seq
cross join lateral (
    select coalesce(credited.charge, line.charge) = 'usage' as is_usage, coalesce(step.import_no, 2147483647) as import_no
) as sold
left join order_line on sold.is_usage and order_line.line_id = line.line_id
    and order_line.valid_import <= sold.import_no and (order_line.superseded_import is null or order_line.superseded_import > sold.import_no)
left join product on product.product = case when sold.is_usage then order_line.product else line.product end
    and product.valid_import <= sold.import_no and (product.superseded_import is null or product.superseded_import > sold.import_no)
left join lateral (
    select min(usage.revenue_account) as revenue_account
    from product as usage
    where sold.is_usage and usage.kind = 'usage' and usage.service = product.service and usage.revenue_account <> ''
        and usage.valid_import <= sold.import_no and (usage.superseded_import is null or usage.superseded_import > sold.import_no)
) as traffic on true;
create index invoice_line_to_day on invoice_line using brin (to_day);   -- what is not earned yet, without a look at all that ever was
