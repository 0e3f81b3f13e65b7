"""A close small enough to check by head, written straight into the tables, clean at every gate; a case then breaks one thing.

Payer P1 has contract C1 with line L1 (2 users at 31.00, in advance) and payer P2 has contract C2 with line L2 (4 channels at 10.00).
The close of 2026-10 on the 28th charges November for both and 1.00 of calls to P1: drafts of 63.00 and 40.00.
"""

from datetime import date
from hashlib import sha256

from sqlalchemy import Connection, text

from billing.inventory import content_hash
from billing.numbering import structured_reference
from billing.period import Period
from tasks.ledger import Run
from tests.steps.late_gate_rows import LATE_CHARGES

RUN = Run(run_id=1, kind="close", period=Period.month("2026-10"), on=date(2026, 10, 28), import_no=1)
SHA = "0" * 63 + "1"

REFERENCE = """
insert into import_run (feed) overriding system value values ('feed');
insert into party (party_id, version, valid_import, role, name, language, billing_emails, delivery, street, city, country, vat_number) values
    ('P1', 1, 1, 'client', 'One', 'fr', 'one@one.example', 'email', 'Rue 1', 'Tubize', 'BE', 'BE0999000129'),
    ('P2', 1, 1, 'client', 'Two', 'nl', 'two@two.example', 'email', 'Straat 2', 'Gent', 'BE', 'BE0999000228');
insert into contract (contract_id, version, valid_import, payer_id, terms, signed_on, credit_approved_on, confirmed_on, starts_on) values
    ('C1', 1, 1, 'P1', 'allocloud', '2025-12-01', '2025-12-02', '2025-12-03', '2026-01-01'),
    ('C2', 1, 1, 'P2', 'allocloud', '2025-12-01', '2025-12-02', '2025-12-03', '2026-01-01');
insert into product (product, version, valid_import, service, kind, timing, name_fr, name_nl, name_en) values
    ('user', 1, 1, 'business_telephony', 'user', 'advance', 'Utilisateur', 'Gebruiker', 'User'),
    ('channel', 1, 1, 'sip_trunking', 'channel', 'advance', 'Canal', 'Kanaal', 'Channel'),
    ('mobile', 1, 1, 'telavox', 'user', 'arrears', 'Mobile', 'Mobiel', 'Mobile');
insert into price (product, valid_from, version, valid_import, unit_price) values
    ('user', '2025-01-01', 1, 1, 31), ('channel', '2025-01-01', 1, 1, 10), ('mobile', '2025-01-01', 1, 1, 20);
insert into line (line_id) values ('L1'), ('L2');
insert into order_line (line_id, line_no, version, valid_import, contract_id, end_client_id, product, quantity, starts_on, charged_through) values
    ('L1', 1, 1, 1, 'C1', 'P1', 'user', 2, '2026-01-01', '2026-10-31'), ('L2', 2, 1, 1, 'C2', 'P2', 'channel', 4, '2026-01-01', '2026-10-31');
insert into rate (deck, prefix, valid_from, version, valid_import, destination, destination_group, per_minute_micro, setup_micro) values
    ('business_telephony', '32', '2025-01-01', 1, 1, 'Belgium', 'belgium_fixed', 60000, 0),
    ('business_telephony', 's112', '2025-01-01', 1, 1, 'Emergency', 'emergency', 0, 0),
    ('business_telephony', '33', '2026-10-20', 1, 1, 'France', 'eu_fixed', 60000, 0);
insert into feed_file (path, sha256, import_no, rows_read, rows_accepted, rows_known, rows_rejected) values
    ('parties.csv', 'a', 1, 200, 200, 0, 0), ('usage/2026-10.csv.gz', 'b', 1, 800, 800, 0, 0), ('disputes.csv', :disputes, 1, 0, 0, 0, 0);
"""
DISPUTES = b"dispute_id,invoice_number,opened_on,amount,phase,guarantee_amount,closed_on\n"  # the file in the feed

SNAPSHOT = """
insert into inventory_snapshot (snapshot_on, element_count, content_hash, import_no) values ('2026-10-28', 6, :hash, 1);
insert into inventory_element (snapshot_on, line_no, element_id, kind, label)
select date '2026-10-28', 1, 'U' || n, 'user', 'User ' || n from generate_series(1, 2) as n
union all
select date '2026-10-28', 2, 'K' || n, 'channel', 'Channel ' || n from generate_series(1, 4) as n;
insert into run (kind, period, run_on, snapshot_on) values ('close', '2026-10-01', '2026-10-28', null);
"""

# Ten calls of a minute, 0.10 each.
RATING = """
create table rated_usage_1 partition of rated_usage for values in (1);
insert into usage_record (usage_id, line_no, kind, outgoing, caller, callee, callee_key, started_at, quantity, import_no)
select 'U' || n, 1, 1, true, '+3220000000', '+3223456789', 3223456789, timestamptz '2026-10-10 08:00Z' + n * interval '1 minute', 60, 1
from generate_series(1, 10) as n;
insert into usage_window (run_id, after_no, through_no, cutoff) values (1, 0, 10, '2026-10-27 22:00Z');
insert into rated_usage (run_id, usage_no, line_no, started_at, kind, rate_no, in_pack, charged, price_cents, status, reason)
select 1, usage_no, line_no, started_at, kind, 1, 0, 60, 10, 1, 0 from usage_record;
"""

RECURRING = """
insert into recurring_charge (run_id, line_no, days, charge, quantity, unit_price, net, clause, count_rule, count_clause, counted, ordered) values
    (1, 1, '[2026-11-01,2026-12-01)', 'recurring', 2, 31, 62, 'BT-2.b', 'counted', 'BT-2.f', 2, 2),
    (1, 2, '[2026-11-01,2026-12-01)', 'recurring', 4, 10, 40, 'ST-2.b', 'counted', 'ST-2.b', 4, 4);
"""

DRAFTS = """
insert into invoice (run_id, kind, payer_id, payer_version, payment_days, net, vat, gross) values
    (1, 'invoice', 'P1', 1, 30, 63.00, 13.23, 76.23), (1, 'invoice', 'P2', 1, 30, 40.00, 8.40, 48.40);
insert into invoice_line (invoice_id, line_seq, contract_id, end_client_id, line_id, product, description, charge, from_day, to_day,
    quantity, unit_price, net, vat_category, vat_rate, clause) values
    (1, 1, 'C1', 'P1', 'L1', 'user', 'Utilisateur', 'recurring', '2026-11-01', '2026-11-30', 2, 31, 62, 'S', 21, 'BT-2.b'),
    (1, 2, 'C1', 'P1', 'L1', 'belgium_fixed', 'belgium_fixed', 'usage', '2026-10-10', '2026-10-10', 10, null, 1, 'S', 21, 'BT-2.c'),
    (2, 1, 'C2', 'P2', 'L2', 'channel', 'Kanaal', 'recurring', '2026-11-01', '2026-11-30', 4, 10, 40, 'S', 21, 'ST-2.b');
insert into invoice_vat (invoice_id, vat_category, vat_rate, base, vat) values (1, 'S', 21, 63, 13.23), (2, 'S', 21, 40, 8.40);
"""

ISSUE = """
insert into number_series (series, last_seq) values ('invoice-2026', 2);
update invoice set series = 'invoice-2026', seq = invoice_id, number = '2026-00000' || invoice_id, issued_on = '2026-10-28', due_on = '2026-11-27',
    structured_reference = case invoice_id when 1 then :first else :second end;
"""

DELIVERY = """
insert into delivery (run_id, purpose, invoice_id, payer_id, channel, recipients, message_id, state, attempts, sent_at)
select 1, 'invoice', invoice_id, payer_id, 'email', lower(payer_id) || '@x.example', '<' || number || '@x>', 'sent', 1, now() from invoice;
insert into delivery (run_id, purpose, invoice_id, payer_id, channel, recipients, message_id, state, attempts, sent_at, receipt)
select 1, 'e_invoice', invoice_id, payer_id, 'peppol', case payer_id when 'P1' then '0208:0999000129' else '0208:0999000228' end,
    '<' || number || '.e-invoice@x>', 'sent', 1, now(), 'AP-' || invoice_id from invoice;
"""

# On 15 December both invoices of the close are unpaid, and the statements of the bank reach the working day before. P1 got level 1 a week
# ago and gets level 2 today, P2 level 1; P3 owes an invoice of October, was warned and hears of its suspension.
DUNNING = """
insert into bank_statement (iban, currency, number, from_day, to_day, opening, closing, layout, path, import_no)
values ('BE71096123456769', 'EUR', 1,'2026-12-14', '2026-12-14', 0, 0, 'coda', 'bank/1.cod', 1);
insert into party (party_id, version, valid_import, role, name, language, billing_emails, delivery, country)
values ('P3', 1, 1, 'client', 'Three', 'nl', 'three@three.example', 'email', 'BE');
insert into invoice (run_id, kind, payer_id, payer_version, payment_days, net, vat, gross, series, seq, number, issued_on, due_on,
    structured_reference) values (1, 'invoice', 'P3', 1, 30, 100, 21, 121, 'invoice-2026', 9, '2026-000009', '2026-10-14', '2026-11-13', 'x');
insert into suspension_order (payer_id, measure, ordered_on, idempotency_key, state, decided_by, decided_on, sent_on)
values ('P3', 'minimum_service', '2026-12-14', 'k1', 'sent', 'Ann', '2026-12-14', '2026-12-15');
insert into delivery (purpose, payer_id, channel, recipients, message_id, state) values
    ('reminder', 'P1', 'email', 'one@one.example', '<r1@x>', 'sent'), ('reminder', 'P1', 'email', 'one@one.example', '<r2@x>', 'pending'),
    ('reminder', 'P2', 'email', 'two@two.example', '<r3@x>', 'pending'), ('reminder', 'P3', 'email', 'three@three.example', '<r4@x>', 'sent'),
    ('reminder', 'P3', 'email', 'three@three.example', '<r5@x>', 'pending');
insert into dunning_notice (payer_id, policy, level, noticed_on, anchor_invoice_id, anchor_due_on, open_amount, fee, clause, delivery_id, order_no)
select payer, 'article119', level, noticed_on, invoice.invoice_id, invoice.due_on, amount, fee, 'CG-2.d', delivery.delivery_id, order_no
from (values ('P1', 1, date '2026-12-08', '2026-000001', 76.23, 0, '<r1@x>', null), ('P1', 2, date '2026-12-15', '2026-000001', 76.23, 10, '<r2@x>', null),
    ('P2', 1, date '2026-12-15', '2026-000002', 48.40, 0, '<r3@x>', null), ('P3', 3, date '2026-12-04', '2026-000009', 121.00, 10, '<r4@x>', null),
    ('P3', 4, date '2026-12-15', '2026-000009', 121.00, 0, '<r5@x>', 1)) as notice (payer, level, noticed_on, number, amount, fee, message, order_no)
join delivery on delivery.message_id = message
join invoice using (number);
insert into dunning_notice_invoice (notice_id, invoice_id, open_amount)
select notice_id, anchor_invoice_id, open_amount from dunning_notice;
"""

# A close of September before it, accepted, with the snapshot and the quantities of then.
BEFORE = """
insert into inventory_snapshot (snapshot_on, element_count, content_hash, import_no) values ('2026-09-28', 6, 'x', 1);
insert into inventory_element (snapshot_on, line_no, element_id, kind, label)
select date '2026-09-28', 1, 'U' || n, 'user', 'User ' || n from generate_series(1, 2) as n
union all
select date '2026-09-28', 2, 'K' || n, 'channel', 'Channel ' || n from generate_series(1, 4) as n;
insert into run (kind, period, run_on, snapshot_on) values ('close', '2026-09-01', '2026-09-28', '2026-09-28');
insert into run_step (run_id, step, state, import_no, accepted_at)
select run_id, step, 'accepted', 1, '2026-09-28 10:00Z' from run, unnest(array['snapshot', 'rating', 'recurring', 'drafts']) as step
where period = '2026-09-01';
insert into usage_window (run_id, after_no, through_no, cutoff) select run_id, 0, 0, '2026-09-27 22:00Z' from run where period = '2026-09-01';
"""

UPTO = ("feed", "snapshot", "rating", "recurring", "drafts", "issue", "documents", "delivery", "dunning_before", "dunning", "late_charges")


def write_close(conn: Connection, gate: str) -> None:
    """Writes a clean close with all that is there when `gate` is checked."""
    elements = [("L1", f"U{n}", "user", f"User {n}") for n in (1, 2)] + [("L2", f"K{n}", "channel", f"Channel {n}") for n in (1, 2, 3, 4)]
    stages = [
        (REFERENCE, {"disputes": sha256(DISPUTES).hexdigest()}),
        (SNAPSHOT, {"hash": content_hash(elements)}),
        (RATING, {}),
        (RECURRING, {}),
        (DRAFTS, {}),
        (ISSUE, {"first": structured_reference("invoice", 2026, 1), "second": structured_reference("invoice", 2026, 2)}),
        ("", {}),
        (DELIVERY, {}),
        (DUNNING, {}),
        ("", {}),
    ]
    write(
        conn, "set local session_replication_role = replica"
    )  # rows no step could write: what the database itself refuses is tested elsewhere
    if gate == "late_charges":  # of a run of its own kind
        stages = [stages[0], (LATE_CHARGES, {})]
    for script, values in stages[: max(2, UPTO.index(gate) + 1)]:
        write(conn, script, **values)


def write(conn: Connection, script: str, **values: object) -> None:
    """Runs statements separated by semicolons."""
    for statement in filter(str.strip, script.split(";\n")):
        named = {name: value for name, value in values.items() if f":{name}" in statement}
        conn.execute(text(statement.replace("::", "\\:\\:")), named)
