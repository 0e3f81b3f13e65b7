"""Each check of each gate, seen to pass a clean close and to catch the one thing that was broken for it."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from billing.clause import CLAUSE_ID
from expectations.suites import SUITES
from reports.gate_page import GateReport
from tasks import gates
from tasks.outside import Outside
from tests.e_invoices.samples import invoice_of
from tests.steps.gate_rows import BEFORE, DISPUTES, RUN, write, write_close
from tests.steps.late_gate_rows import BROKEN

PDF = b"%PDF-1.4 an invoice"
SECOND = invoice_of("2026-000002", "40.00", "8.40", "48.40")
E_INVOICES = {
    "invoices/2026-000001": invoice_of("2026-000001", "63.00", "13.23", "76.23"),
    "invoices/2026-000002": SECOND,
    "refused/2026-000002": SECOND.replace(b"12328+++", b"12329+++"),  # the check digits are 28
    "doubted/2026-000002": SECOND.replace(b"</cbc:ID>", b"</cbc:ID><cbc:UUID>1</cbc:UUID>", 1),  # allowed, and of no use
}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def stands_for_the_second(which: str) -> str:
    path = f"{which}/2026-000002"
    return f"update document set path = '2026-10/{path}.xml', sha256 = '{sha256(E_INVOICES[path])}' where invoice_id = 2 and kind = 'e_invoice'"


@dataclass(frozen=True)
class Case:
    gate: str
    check: str
    broken_by: str
    found: str
    names: str = ""
    also: tuple[str, ...] = ()


PARKED = (
    "insert into parked_payer (run_id, payer_id, step, reason, advice) values (1, 'P2', 'drafts', 'no mail address', 'set billing_emails')"
)


def deposit(deposit_id: str, amount: str) -> str:
    """A movement of P2, as the feed keeps it."""
    record = {"deposit_id": deposit_id, "payer_id": "P2", "on": "2026-10-01", "amount": amount, "kind": "deposit"}
    return _kept("deposits", deposit_id, record)


def _kept(table: str, record_id: str, record: dict[str, str | None]) -> str:
    return f"insert into feed_record values ('{table}', '{record_id}', 1, 1, null, '{json.dumps(record)}')".replace(": ", " \\: ")


def one_more_line(charge: str, net: str) -> str:
    """A line of no order on the draft of P2, with what it adds to its totals."""
    return (
        "insert into invoice_line (invoice_id, line_seq, contract_id, end_client_id, line_id, product, description, charge, from_day, to_day, "
        f"quantity, unit_price, net, vat_category, vat_rate, clause) values (2, 2, 'C2', 'P2', '', '', 'Text', '{charge}', '2026-10-14', "
        f"'2026-10-14', 1, {net}, {net}, 'S', 21, 'GC-4.5'); "
        f"update invoice set net = net + {net}, vat = vat + 0.21 * {net}, gross = gross + 1.21 * {net} where invoice_id = 2; "
        f"update invoice_vat set base = base + {net}, vat = vat + 0.21 * {net} where invoice_id = 2; "
    )


AD_HOC = (
    one_more_line("one_off", "10")
    + _kept(
        "charges",
        "CH1",
        {"contract_id": "C2", "on": "2026-10-14", "description": "Text", "quantity": "2", "unit_price": "5.00", "reason_clause": "GC-4.5"},
    )
    + "; insert into ad_hoc_charge values (1, 'CH1', 'C2', 'P2', '', 'Text', '2026-10-14', 2, 5, 10, 'GC-4.5')"
)
CREDIT = (
    one_more_line("credit", "-10")
    + _kept("credits", "K1", {"contract_id": "C2", "on": "2026-10-14", "amount": "10.00", "reason": "SLA"})
    + "; insert into credit_use values (1, 'K1', 2, 2, 10)"
)
SECOND_LINE = "insert into line (line_id) values ('L3'); "
CALLS = "update rated_usage set"

BALANCE = (
    "insert into recurring_charge (run_id, line_no, days, charge, quantity, unit_price, net, clause, count_rule, count_clause, ordered)"
)
DECEMBER = "'balance', 2, 31, 62, 'CG-3.d', 'previous_invoice', 'CG-3.d', 2"
ENDING = "insert into line_ending (run_id, line_no, termination_id, past_day, balance_until, clause)"
REFUND = "insert into refund (run_id, line_no, days, termination_id, charged_run_id, net, below_floor, clause)"


def termination(contract_id: str, by: str, received_on: str, **cells: str) -> str:
    """A statement that adds termination T1 as the feed brings it."""
    record = {"contract_id": contract_id, "by": by, "received_on": received_on, "client_breach": "false", **cells}
    written = ", ".join(f"'{name}', '{value}'" for name, value in record.items())
    return f"insert into feed_record values ('terminations', 'T1', 1, 1, null, jsonb_build_object({written}))"


# An invoice of the close before, 20.00 net, of which the run drafts a credit note of 5.00.
CREDIT_NOTE = (
    "insert into run (kind, period, run_on) values ('close', '2026-09-01', '2026-09-28'); "
    "insert into invoice (run_id, kind, payer_id, payer_version, payment_days, net, vat, gross, series, seq, number, issued_on, due_on, "
    "structured_reference) values "
    "(2, 'invoice', 'P2', 1, 30, 20, 4.20, 24.20, 'invoice-2026', 1, '2026-000001', '2026-09-28', '2026-10-28', 'x'); "
    "insert into invoice (run_id, kind, payer_id, payer_version, payment_days, net, vat, gross, credits_invoice_id, reason) values "
    "(1, 'credit_note', 'P2', 1, 0, -5, -1.05, -6.05, 3, 'wrong'); "
    "insert into invoice_line (invoice_id, line_seq, contract_id, end_client_id, line_id, product, description, charge, from_day, to_day, "
    "quantity, unit_price, net, vat_category, vat_rate, clause, credits_line_seq) values "
    "(3, 1, 'C2', 'P2', 'L2', 'channel', 'Kanaal', 'recurring', '2026-10-01', '2026-10-31', 2, 10, 20, 'S', 21, 'ST-2.b', null), "
    "(4, 1, 'C2', 'P2', 'L2', 'channel', 'Kanaal', 'credit', '2026-10-01', '2026-10-31', 1, 5, -5, 'S', 21, 'ST-2.b', 1); "
    "insert into invoice_vat (invoice_id, vat_category, vat_rate, base, vat) values (3, 'S', 21, 20, 4.20), (4, 'S', 21, -5, -1.05); "
)


def credit_of(net: str, vat: str) -> str:
    """The credit note with other amounts."""
    return (
        f"update invoice set net = {net}, vat = {vat}, gross = {net} + {vat} where invoice_id = 4; "
        f"update invoice_line set net = {net} where invoice_id = 4; update invoice_vat set base = {net}, vat = {vat} where invoice_id = 4"
    )


CASES = [
    # ---- feed
    Case("feed", "tables_empty", "delete from price", "1", "prices.csv"),
    Case(
        "feed",
        "files_unreadable",
        "insert into feed_reject (import_no, path, line, column_name, value, reason) values (1, 'contracts.csv', 0, '', '', 'not UTF-8')",
        "1",
        "contracts.csv",
    ),
    Case(
        "feed",
        "rejected_share",
        "insert into feed_reject (import_no, path, line, column_name, value, reason) "
        "select 1, 'usage/x.csv', n + 1, 'quantity', '-1', 'negative' from generate_series(1, 100) as n",
        "0.1",
        "usage/x.csv",
        ("rejected",),
    ),
    Case(
        "feed",
        "rejected",
        "insert into feed_reject (import_no, path, line, column_name, value, reason) "
        "values (1, 'prices.csv', 7, 'unit_price', 'abc', 'not an amount')",
        "1",
        "not an amount",
    ),
    Case("feed", "payer_unknown", "update contract set payer_id = 'P9' where contract_id = 'C2'", "1", "P9"),
    Case("feed", "line_unplaced", "update order_line set product = 'fax' where line_id = 'L1'", "1", "fax"),
    Case("feed", "deposit_negative", deposit("D1", "-50.00"), "1", "-50"),
    Case(
        "feed",
        "deposit_negative",
        deposit("D1", "50.00") + "; insert into deposit_set_off (payer_id, amount, set_off_on, decided_by, reason) "
        "values ('P2', 60, '2026-10-20', 'Ann', 'overdue')",
        "1",
        "-10",
    ),
    Case(
        "feed",
        "deposit_short",
        deposit("D1", "499.00")
        + "; update contract set deposit_required = 500, deposit_received_on = '2025-12-02' where contract_id = 'C2'",
        "1",
        "499",
    ),
    Case(
        "feed",
        "inventory_late",
        "insert into feed_reject (import_no, path, line, column_name, value, reason) "
        "values (1, 'inventory/2026-10-20.csv', 0, 'late', '2026-10-20', 'came too late')",
        "1",
        "2026-10-20",
    ),
    Case("feed", "usage_files_absent", "delete from feed_file where path like 'usage/%'", "1"),
    # ---- snapshot
    Case("snapshot", "snapshot_missing", "update inventory_snapshot set snapshot_on = '2026-10-29'", "1", "2026-10-29"),
    Case(
        "snapshot",
        "snapshot_age_days",
        "update inventory_snapshot set snapshot_on = '2026-09-20'; update inventory_element set snapshot_on = '2026-09-20'",
        "38",
        "2026-09-20",
        also=("snapshot_not_fresh",),
    ),
    Case(
        "snapshot",
        "snapshot_not_fresh",
        "update inventory_snapshot set snapshot_on = '2026-10-20'; update inventory_element set snapshot_on = '2026-10-20'",
        "8",
        "2026-10-20",
    ),
    Case(
        "snapshot",
        "snapshot_empty",
        "update inventory_snapshot set element_count = 0, content_hash = "
        f"'{hashlib.sha256(b'').hexdigest()}'; delete from inventory_element",
        "1",
    ),
    Case("snapshot", "elements_lost", "update inventory_snapshot set element_count = 8", "2"),
    Case("snapshot", "content_hash_differs", "update inventory_element set label = 'Another' where element_id = 'U1'", "1", "2026-10-28"),
    Case(
        "snapshot",
        "total_moved_share",
        BEFORE + "update inventory_snapshot set element_count = 100 where snapshot_on = '2026-09-28'",
        "0.94",
        "2026-09-28",
    ),
    Case(
        "snapshot",
        "count_jumped",
        BEFORE + "delete from inventory_element where snapshot_on = '2026-09-28' and element_id in ('K1', 'K2')",
        "1",
        "L2",
    ),
    Case(
        "snapshot",
        "kind_differs",
        "update inventory_element set kind = 'licence' where element_id = 'K1'",
        "1",
        "L2",
        ("content_hash_differs",),
    ),
    Case("snapshot", "line_ended", "update order_line set ends_on = '2026-09-30' where line_id = 'L2'", "4", "L2"),
    Case("snapshot", "line_ended", f"{ENDING} values (1, 2, 'T1', '2026-10-28', null, 'CG-3.b')", "4", "2026-10-27"),
    # ---- rating
    Case("rating", "window_missing", "delete from usage_window", "1", also=("not_exactly_once",)),
    Case("rating", "not_exactly_once", "delete from rated_usage where usage_no = 4", "1", "U4"),
    Case("rating", "not_exactly_once", "insert into rated_usage select * from rated_usage where usage_no = 5", "1", "U5"),
    Case(
        "rating",
        "charged_before",
        BEFORE + "create table rated_usage_2 partition of rated_usage for values in (2); "
        "update usage_window set through_no = 3, after_no = 0 where run_id = 2; insert into usage_pending values (2, 3); "
        "update usage_window set after_no = 3 where run_id = 1; delete from rated_usage where run_id = 1 and usage_no < 3; "
        "insert into rated_usage select 2, usage_no, line_no, started_at, kind, 1, 0, 60, 10, 1, 0 from usage_record where usage_no <= 3",
        "1",
        "U3",
    ),
    Case("rating", "quantity_differs", f"{CALLS} charged = 59 where usage_no = 2", "1", "U2"),
    Case("rating", "after_cutoff", f"{CALLS} started_at = '2026-10-27 22:00Z' where usage_no = 3", "1", "U3"),
    Case("rating", "price_negative", f"{CALLS} price_cents = -1 where usage_no = 1", "1", "U1"),
    Case("rating", "price_on_uncharged", f"{CALLS} status = 3 where usage_no = 1", "1", "U1"),
    Case("rating", "charged_without_rate", f"{CALLS} rate_no = 0 where usage_no = 1", "1", "U1"),
    Case("rating", "rate_not_in_force", f"{CALLS} rate_no = 3 where usage_no = 6", "1", "2026-10-20"),
    Case(
        "rating",
        "pool_overdrawn",
        BEFORE + "insert into pool_use values (2, 'C1', 'P1', 'belgium_fixed', 'seconds', '2026-10-01', 600, 590), "
        f"(1, 'C1', 'P1', 'belgium_fixed', 'seconds', '2026-10-01', 600, 60); {CALLS} in_pack = 60, charged = 0, price_cents = 0, status = 2 "
        "where usage_no = 1",
        "1",
        "650",
    ),
    Case("rating", "pool_differs", "insert into pool_use values (1, 'C1', 'P1', 'belgium_fixed', 'seconds', '2026-10-01', 600, 60)", "60"),
    Case("rating", "emergency_charged", "update usage_record set callee_key = -112 where usage_no = 7", "1", "U7"),
    Case("rating", "emergency_charged", f"{CALLS} rate_no = 2 where usage_no = 8", "1", "U8"),
    Case("rating", "unrated_share", f"{CALLS} status = 5, rate_no = 0, price_cents = 0 where usage_no = 1", "0.1", "32234…", ("unrated",)),
    Case("rating", "held", f"{CALLS} status = 4, price_cents = 0 where usage_no = 1", "1", "L1"),
    Case("rating", "beyond_differs", f"{CALLS} beyond = 61, beyond_rate_no = 1 where usage_no = 1", "1", "U1"),
    Case("rating", "beyond_differs", f"{CALLS} beyond = 5 where usage_no = 2", "1", "U2", ("charged_without_rate",)),
    Case("rating", "roaming_differs", "insert into roaming_use values (1, 1, '', '2026-10-01', 100)", "100"),
    Case("rating", "barring_failures", f"{CALLS} status = 4, reason = 10, price_cents = 0 where usage_no = 1", "1", "L1"),
    Case("rating", "fair_use", "update usage_record set visited_country = 'FR'", "1", "L1"),
    Case("rating", "late", BEFORE + f"{CALLS} started_at = '2026-09-20 10:00Z', rate_no = 1 where usage_no = 1", "1", "2026-09-20"),
    Case("rating", "price_absurd", f"{CALLS} price_cents = 10001 where usage_no = 9", "1", "100.01"),
    # ---- recurring
    Case(
        "recurring",
        "unpriced",
        "delete from recurring_charge where line_no = 2; "
        "insert into charge_refusal values (1, 2, '2026-11-01', 'no price for product channel of line L2')",
        "1",
        "L2",
    ),
    Case(
        "recurring",
        "ad_hoc_unpriced",
        "insert into ad_hoc_waiting values (1, 'CH1', 'C2', 'unpriced', 'CH1 has no price')",
        "1",
        "CH1 has no price",
    ),
    Case(
        "recurring",
        "days_gap",
        "update recurring_charge set days = '[2026-11-02,2026-12-01)', net = 59.93 where line_no = 1",
        "1",
        "2026-11-01",
    ),
    Case("recurring", "charged_before_start", "update order_line set charged_through = '2026-11-10' where line_id = 'L1'", "1", "L1"),
    Case("recurring", "charged_after_end", "update order_line set ends_on = '2026-11-15' where line_id = 'L1'", "1", "L1"),
    Case("recurring", "charged_not_in_force", "update contract set confirmed_on = null where contract_id = 'C1'", "1", "C1"),
    Case("recurring", "net_differs", "update recurring_charge set net = 61.99 where line_no = 1", "1", "61.99"),
    Case("recurring", "negative", "update recurring_charge set unit_price = -31, net = -62 where line_no = 1", "1", "-62"),
    Case("recurring", "clause_missing", "update recurring_charge set clause = '' where line_no = 1", "1", "L1"),
    Case("recurring", "below_ordered", "update recurring_charge set quantity = 3, net = 30 where line_no = 2", "1", "L2"),
    Case(
        "recurring",
        "users_dropped",
        "update order_line set quantity = 11 where line_id = 'L1'; update recurring_charge set quantity = 9, net = 279 where line_no = 1",
        "1",
        "10",
    ),
    Case("recurring", "balance_unfounded", f"{BALANCE} values (1, 1, '[2026-12-01,2027-01-01)', {DECEMBER})", "1", "2026-12-01"),
    Case(
        "recurring",
        "balance_unfounded",
        f"{termination('C1', 'operator', '2026-10-02')}; {ENDING} values (1, 1, 'T1', '2026-12-01', '2027-01-01', 'CG-3.b'); "
        f"{BALANCE} values (1, 1, '[2026-12-01,2027-01-01)', {DECEMBER})",
        "1",
        "operator",
    ),
    Case(
        "recurring",
        "balance_unfounded",
        f"{termination('C1', 'client', '2026-10-02')}; {ENDING} values (1, 1, 'T1', '2026-12-01', '2027-01-01', 'CG-3.b'); "
        f"{BALANCE} values (1, 1, '[2026-12-01,2027-01-01)', {DECEMBER}); update product set kind = 'national_number' where product = 'user'",
        "1",
        "national_number",
    ),
    Case("recurring", "bankrupt_charged", termination("C1", "bankruptcy", "2026-10-20", end_client_id="P1", proof="judgment"), "1", "P1"),
    Case(
        "recurring",
        "refund_above_charge",
        f"{REFUND} values (1, 1, '[2026-11-02,2026-12-01)', 'T1', 1, 62.01, false, 'GC-13.2')",
        "1",
        "T1",
    ),
    Case(
        "recurring", "refund_above_charge", f"{REFUND} values (1, 1, '[2026-11-02,2026-12-02)', 'T1', 1, 30, false, 'GC-13.2')", "1", "T1"
    ),
    Case(
        "recurring",
        "refund_floor_missed",
        f"{REFUND} values (1, 1, '[2026-11-27,2026-12-01)', 'T1', 1, 9.99, false, 'GC-13.2')",
        "1",
        "9.99",
    ),
    Case(
        "recurring",
        "refund_floor_missed",
        f"{REFUND} values (1, 1, '[2026-11-26,2026-12-01)', 'T1', 1, 10.00, true, 'GC-13.2')",
        "1",
        "10.00",
    ),
    Case(
        "recurring",
        "charged_past_end",
        BEFORE + "insert into recurring_charge (run_id, line_no, days, charge, quantity, unit_price, net, clause, "
        "count_rule, count_clause, ordered) values (2, 2, '[2026-10-01,2026-11-01)', 'recurring', 4, 10, 40, 'ST-2.b', 'counted', 'ST-2.b', 4)"
        f"; {termination('C2', 'client', '2026-09-20')}; {ENDING} values (1, 2, 'T1', '2026-10-16', null, 'CG-3.b'); "
        "delete from recurring_charge where run_id = 1 and line_no = 2",
        "1",
        "2026-10-16",
    ),
    Case(
        "recurring",
        "served_after_refund",
        BEFORE + f"{termination('C1', 'client', '2026-10-02')}; {ENDING} values (1, 1, 'T1', '2026-12-16', null, 'GC-11.2'); "
        f"{REFUND} values (2, 1, '[2026-12-01,2027-01-01)', 'T1', 2, 31.00, false, 'GC-13.2')",
        "1",
        "2026-12-15",
    ),
    Case(
        "recurring",
        "charged_elsewhere",
        f"update contract set terms = 'telavox' where contract_id = 'C2'; {termination('C2', 'client', '2026-10-15')}; "
        f"{ENDING} values (1, 2, 'T1', '2026-10-16', null, 'GC-11.2'); delete from recurring_charge where line_no = 2",
        "1",
        "2026-10-31",
    ),
    Case(
        "recurring",
        "breach_unproven",
        f"{termination('C2', 'operator', '2026-10-15', client_breach='true')}; {ENDING} values (1, 2, 'T1', '2026-12-01', null, 'GC-13.3')",
        "1",
        "L2",
    ),
    Case("recurring", "charged_after_end", f"{ENDING} values (1, 1, 'T1', '2026-11-16', null, 'CG-3.b')", "1", "2026-11-15"),
    Case(
        "recurring",
        "quantity_jumped",
        BEFORE + "insert into recurring_charge (run_id, line_no, days, charge, quantity, unit_price, net, clause, "
        "count_rule, count_clause, ordered) values (2, 2, '[2026-10-01,2026-11-01)', 'recurring', 2, 10, 20, 'ST-2.b', 'counted', 'ST-2.b', 4)",
        "1",
        "L2",
    ),
    Case(
        "recurring",
        "notice_short",
        "insert into price (product, valid_from, version, valid_import, unit_price, announced_on) values "
        "('mobile', '2026-10-01', 1, 1, 25, '2026-09-11')",
        "1",
        "2026-10-11",
    ),
    Case(
        "recurring",
        "contract_not_in_force",
        "insert into contract_not_in_force values (1, 'C2', 'written confirmation')",
        "1",
        "written confirmation",
    ),
    # ---- drafts
    Case(
        "drafts",
        "negative_invoice",
        "update invoice set net = -1, vat = 0, gross = -1 where payer_id = 'P2'",
        "1",
        "P2",
        ("lines_differ", "vat_differs", "charges_differ"),
    ),
    Case("drafts", "positive_credit_note", CREDIT_NOTE + credit_of("5", "1.05"), "1", "2026-000001", ("credit_above_line",)),
    Case("drafts", "credit_above_line", CREDIT_NOTE + credit_of("-20.01", "-4.20"), "1", "-20.01"),
    Case(
        "drafts",
        "again_differs",
        CREDIT_NOTE + """update run set kind = 'credit', period = null, request = '{"again": true}' where run_id = 1; """
        "delete from recurring_charge where line_no = 1; delete from invoice_line where line_id = 'L1' and charge = 'recurring'",
        "1",
        "2026-10-01",
        ("charges_differ", "lines_differ", "vat_differs"),
    ),
    Case("drafts", "credit_without_invoice", CREDIT_NOTE + "update invoice_line set credits_line_seq = 9 where invoice_id = 4", "1", "9"),
    Case("drafts", "credit_without_invoice", CREDIT_NOTE + "update invoice set payer_id = 'P1' where invoice_id = 4", "1", "P1"),
    Case(
        "drafts",
        "credit_without_reason",
        CREDIT_NOTE + "update run set kind = 'credit', period = null where run_id = 1; update invoice set reason = '' where invoice_id = 4",
        "1",
        "2026-000001",
    ),
    Case("drafts", "vat_differs", CREDIT_NOTE + "update invoice_vat set vat = -1.04 where invoice_id = 4", "2"),
    Case("drafts", "refunds_differ", f"{REFUND} values (1, 2, '[2026-11-22,2026-12-01)', 'T1', 1, 12.00, false, 'GC-13.2')", "12.00", "L2"),
    Case("drafts", "lines_differ", "update invoice set net = 62, gross = 75.23 where payer_id = 'P1'", "1", "P1", ("charges_differ",)),
    Case("drafts", "vat_differs", "update invoice_vat set vat = 13.24 where invoice_id = 1", "2", "13.24"),
    Case("drafts", "vat_category_differs", "update invoice_line set vat_category = 'AE' where invoice_id = 2", "1", "P2", ("vat_differs",)),
    Case("drafts", "charges_differ", f"{CALLS} price_cents = 11 where usage_no = 1", "1", "0.01"),
    Case(
        "drafts",
        "charges_differ",
        "delete from invoice where payer_id = 'P2'; delete from invoice_line where invoice_id = 2; "
        "delete from invoice_vat where invoice_id = 2",
        "1",
        "P2",
    ),
    Case(
        "drafts",
        "line_twice",
        "insert into invoice_line select invoice_id, 9, contract_id, end_client_id, line_id, product, description, charge, "
        "from_day, to_day, quantity, unit_price, 0, vat_category, vat_rate, clause, note from invoice_line where invoice_id = 2",
        "1",
        "L2",
    ),
    Case("drafts", "parked_invoiced", PARKED, "1", "P2", ("parked_share", "parked")),
    Case(
        "drafts",
        "empty_invoice",
        "delete from invoice_line where invoice_id = 2; delete from invoice_vat where invoice_id = 2",
        "1",
        "P2",
        ("lines_differ", "vat_differs"),
    ),
    Case("drafts", "clause_missing", "update invoice_line set clause = '' where invoice_id = 2", "1", "L2"),
    Case("drafts", "payer_differs", "update contract set payer_id = 'P1' where contract_id = 'C2'", "1", "P1", ("charges_differ",)),
    Case(
        "drafts",
        "parked_share",
        PARKED + "; delete from invoice where payer_id = 'P2'; delete from invoice_line where invoice_id = 2; "
        "delete from invoice_vat where invoice_id = 2",
        "0.5",
        "no mail address",
        ("parked",),
    ),
    Case("drafts", "ad_hoc_wrong", AD_HOC + "; update ad_hoc_charge set unit_price = 5.01", "1", "CH1", ("ad_hoc_changed",)),
    Case(
        "drafts",
        "ad_hoc_wrong",
        AD_HOC
        + "; "
        + BEFORE
        + "drop index ad_hoc_once; insert into ad_hoc_charge select 2, charge_id, contract_id, end_client_id, product, "
        "description, charged_on, quantity, unit_price, net, clause from ad_hoc_charge",
        "1",
        "CH1",
    ),
    Case("drafts", "charges_differ", AD_HOC + "; delete from ad_hoc_charge", "1", "10"),
    Case(
        "drafts", "ad_hoc_waiting", "insert into ad_hoc_waiting values (1, 'CH2', 'C2', 'not_in_force', 'C2 lacks signature')", "1", "CH2"
    ),
    Case("drafts", "ad_hoc_changed", AD_HOC + "; update feed_record set record = jsonb_set(record, '{quantity}', '\"3\"')", "1", "CH1"),
    Case("drafts", "credit_overused", CREDIT + "; update credit_use set amount = 10.01", "1", "10.01", ("charges_differ",)),
    Case("drafts", "credit_overused", CREDIT + "; insert into credit_payout values (1, 'K1', 0.01)", "1", "10.01"),
    Case("drafts", "charges_differ", CREDIT + "; delete from credit_use", "1", "10"),
    Case(
        "drafts", "unpriced", "insert into charge_refusal values (1, 2, '2026-10-23', 'no price for product phone of line L2')", "1", "L2"
    ),
    Case(
        "drafts",
        "nothing_to_pay",
        "update invoice set net = 0, vat = 0, gross = 0 where payer_id = 'P2'; "
        "update invoice_line set net = 0, unit_price = 0 where invoice_id = 2; update invoice_vat set base = 0, vat = 0 where invoice_id = 2; "
        "update recurring_charge set net = 0 where line_no = 2",
        "1",
        "P2",
    ),
    # ---- issue
    Case(
        "issue",
        "number_missing",
        "update invoice set number = null, seq = null, series = null, issued_on = null, due_on = null, "
        "structured_reference = null where invoice_id = 2",
        "1",
        "P2",
        ("series_gap",),
    ),
    Case("issue", "series_gap", "update invoice set seq = 3 where invoice_id = 2", "1", "invoice-2026"),
    Case(
        "issue",
        "reference_wrong",
        "update invoice set structured_reference = '+++260/0000/00199+++' where invoice_id = 1",
        "1",
        "+++260/0000/00199+++",
    ),
    Case("issue", "reference_wrong", "update invoice set structured_reference = '12' where invoice_id = 1", "1", "2026-000001"),
    Case(
        "issue",
        "issued_on_differs",
        "update invoice set issued_on = '2026-10-29', due_on = '2026-11-28' where invoice_id = 1",
        "1",
        "2026-10-29",
    ),
    Case("issue", "due_on_differs", "update invoice set due_on = '2026-11-26' where invoice_id = 1", "1", "2026-11-26"),
    Case("issue", "order_not_on_receipt", "update run set kind = 'orders', period = null", "2", "2026-000001"),
    Case("issue", "totals_differ", "update invoice_line set net = 41 where invoice_id = 2", "1", "2026-000002"),
    Case("issue", "parked_issued", PARKED, "1", "2026-000002"),
    Case("issue", "address_missing", "update party set street = '' where party_id = 'P1'", "1", "P1"),
    Case(
        "issue",
        "dates_out_of_order",
        BEFORE + "update invoice set run_id = 2, issued_on = '2026-10-30' where invoice_id = 1",
        "1",
        "2026-10-30",
    ),
    # ---- documents
    Case("documents", "pdf_missing", "delete from document where invoice_id = 2 and kind = 'invoice'", "1", "2026-000002"),
    Case(
        "documents",
        "document_empty",
        "update document set size = 0 where invoice_id = 2 and kind = 'invoice'",
        "1",
        "2026-10/invoices/2.pdf",
    ),
    Case(
        "documents",
        "path_twice",
        "update document set path = '2026-10/invoices/1.pdf' where invoice_id = 2 and kind = 'invoice'",
        "1",
        "1.pdf",
    ),
    Case("documents", "e_invoice_missing", "delete from document where invoice_id = 2 and kind = 'e_invoice'", "1", "2026-000002"),
    Case("documents", "e_invoice_refused", stands_for_the_second("refused"), "1", "house-communication"),
    Case("documents", "e_invoice_doubted", stands_for_the_second("doubted"), "1", "UBL-CR-005"),
    Case(
        "documents",
        "e_invoice_differs",
        "update invoice set net = net + 1, gross = gross + 1 where invoice_id = 2",
        "2",
        "'ledger': '41.00', 'e-invoice': '40.00'",
    ),
    Case("documents", "summary_missing", "delete from document where invoice_id = 1 and kind = 'summary'", "1", "P1"),
    Case(
        "documents",
        "not_in_store",
        "update document set path = '2026-10/invoices/9.pdf' where invoice_id = 2 and kind = 'invoice'",
        "1",
        "9.pdf",
    ),
    Case(
        "documents",
        "content_differs",
        "update document set sha256 = repeat('a', 64) where invoice_id = 2 and kind = 'invoice'",
        "1",
        "2.pdf",
    ),
    # ---- delivery
    Case("delivery", "delivery_missing", "delete from delivery where invoice_id = 1 and purpose = 'invoice'", "1", "2026-000001"),
    Case(
        "delivery",
        "recipient_missing",
        "update delivery set recipients = ' ' where invoice_id = 1 and purpose = 'invoice'",
        "1",
        "2026-000001",
    ),
    Case(
        "delivery", "payer_differs", "update delivery set payer_id = 'P2' where invoice_id = 1 and purpose = 'invoice'", "1", "2026-000001"
    ),
    Case(
        "delivery",
        "delivered_twice",
        "drop index one_delivery_per_invoice; insert into delivery (run_id, purpose, invoice_id, payer_id, channel, "
        "recipients, message_id, state) values (1, 'invoice', 1, 'P1', 'email', 'one@one.example', '<again@x>', 'sent')",
        "1",
    ),
    Case(
        "delivery",
        "pending",
        "update delivery set state = 'pending', last_error = 'connection refused' where invoice_id = 2 and purpose = 'invoice'",
        "1",
        "connection refused",
    ),
    Case(
        "delivery",
        "failed_share",
        "update delivery set state = 'failed', last_error = '550 no such user' where invoice_id = 2 and purpose = 'invoice'",
        "0.5",
        "550 no such user",
        ("failed",),
    ),
    Case("delivery", "e_invoice_missing", "delete from delivery where invoice_id = 1 and purpose = 'e_invoice'", "1", "2026-000001"),
    Case(
        "delivery",
        "e_invoice_missing",
        "delete from delivery where purpose = 'e_invoice'; update party set vat_number = '', peppol_id = '9944:NL123456789B01' where party_id = 'P1'; "
        "update party set country = 'FR' where party_id = 'P2'",
        "1",
        "NL123456789B01",
    ),
    Case(
        "delivery",
        "e_invoice_misdirected",
        "update delivery set payer_id = 'P2' where invoice_id = 1 and purpose = 'e_invoice'",
        "1",
        "2026-000001",
    ),
    Case(
        "delivery",
        "e_invoice_misdirected",
        "update delivery set recipients = 'one@x.example' where invoice_id = 1 and purpose = 'e_invoice'",
        "1",
        "one@x.example",
    ),
    Case(
        "delivery",
        "e_invoice_twice",
        "drop index one_e_invoice_per_invoice; insert into delivery (run_id, purpose, invoice_id, payer_id, channel, "
        "recipients, message_id, state) values (1, 'e_invoice', 1, 'P1', 'peppol', '0208:0999000129', '<again@x>', 'sent')",
        "1",
    ),
    Case(
        "delivery",
        "e_invoice_pending",
        "update delivery set state = 'pending', last_error = 'cannot be reached' where invoice_id = 2 and purpose = 'e_invoice'",
        "1",
        "cannot be reached",
    ),
    Case(
        "delivery",
        "e_invoice_refused",
        "update delivery set state = 'failed', last_error = 'receiver is not known' where invoice_id = 2 and purpose = 'e_invoice'",
        "1",
        "receiver is not known",
    ),
    # ---- before dunning
    Case(
        "dunning_before", "statement_missing", "update bank_statement set from_day = '2026-12-11', to_day = '2026-12-11'", "1", "2026-12-14"
    ),
    Case(
        "dunning_before",
        "on_word",
        "update bank_statement set from_day = '2026-12-11', to_day = '2026-12-11'; "
        "insert into dunning_on_word (dunned_on, accepted_by) values ('2026-12-15', 'Ann')",
        "1",
        "Ann",
    ),
    Case(
        "dunning_before",
        "statement_refused",
        "insert into feed_reject (import_no, path, line, column_name, value, reason) "
        "values (1, 'bank/3.cod', 0, 'gap', 'BE71096123456769/2026/3', 'waits for statement 2')",
        "1",
        "waits for statement 2",
    ),
    Case(
        "dunning_before", "dispute_unread", "update feed_file set sha256 = 'of yesterday' where path = 'disputes.csv'", "1", "disputes.csv"
    ),
    Case(
        "dunning_before",
        "dispute_refused",
        "insert into feed_reject (import_no, path, line, column_name, value, reason) "
        "values (1, 'disputes.csv', 2, 'amount', '500.00', 'more than the invoice')",
        "1",
        "more than the invoice",
    ),
    Case(
        "dunning_before",
        "dispute_unplaced",
        "insert into feed_reject (import_no, path, line, column_name, value, reason) "
        "values (1, 'disputes.csv', 2, 'invoice_number', '2026-000077', 'no such invoice')",
        "1",
        "2026-000077",
    ),
    Case("dunning_before", "never_booked", "delete from bank_statement", "1"),
    Case(
        "dunning_before",
        "unmatched_of_late_payer",
        "insert into bank_movement (statement_no, seq, bank_reference, booked_on, value_on, amount, counterparty_iban, counterparty_name, "
        "reference, text, end_to_end_id, mandate_id, is_return, return_reason) values "
        "(1, 1, '', '2026-12-14', '2026-12-14', 121.00, '', '', '', '', '', '', false, ''); "
        "insert into allocation (movement_no, place, amount, how) values (1, 'unmatched', 121.00, 'unmatched')",
        "1",
        "P3",
    ),
    Case(
        "dunning_before",
        "on_account_of_late_payer",
        "insert into bank_movement (statement_no, seq, bank_reference, booked_on, value_on, amount, counterparty_iban, counterparty_name, "
        "reference, text, end_to_end_id, mandate_id, is_return, return_reason) values "
        "(1, 1, '', '2026-12-14', '2026-12-14', 50.00, '', '', '', '', '', '', false, ''); "
        "insert into allocation (movement_no, place, payer_id, amount, how) values (1, 'on_account', 'P3', 50.00, 'communication')",
        "1",
        "P3",
    ),
    # ---- dunning
    Case(
        "dunning", "paid_invoice", "insert into payment (invoice_id, amount, paid_on) values (2, 48.40, '2026-12-15')", "1", "2026-000002"
    ),
    Case(
        "dunning",
        "disputed_invoice",
        "insert into feed_record values ('disputes', 'D1', 1, 1, null, "
        """'{"dispute_id" \\: "D1", "invoice_number" \\: "2026-000002", "opened_on" \\: "2026-12-01", "amount" \\: "8.40", "closed_on" \\: null}')""",
        "1",
        "8.40",
    ),
    Case("dunning", "before_due", "update invoice set due_on = '2026-12-15' where invoice_id = 2", "1", "2026-12-15"),
    Case("dunning", "level_skipped", "update delivery set state = 'failed' where message_id = '<r1@x>'", "1", "P1"),
    Case("dunning", "level_skipped", "update delivery set bounced_on = '2026-12-15' where message_id = '<r1@x>'", "1", "P1"),
    Case(
        "dunning",
        "level_skipped",
        "update dunning_notice_invoice set invoice_id = 2 where notice_id = (select notice_id from dunning_notice where noticed_on = '2026-12-08')",
        "1",
        "P1",
    ),
    Case(
        "dunning",
        "noticed_twice",
        "alter table dunning_notice drop constraint dunning_notice_payer_id_noticed_on_key; "
        "update dunning_notice set payer_id = 'P1', level = 2 where payer_id = 'P2'; "
        "update dunning_notice_invoice set invoice_id = 1, open_amount = 48.40 where notice_id = 3; "
        "update dunning_notice set anchor_invoice_id = 1 where notice_id = 3",
        "1",
    ),
    Case("dunning", "payer_differs", "update dunning_notice set payer_id = 'P9' where payer_id = 'P2'", "1", "P9"),
    Case("dunning", "end_client_reminded", "update party set partner_id = 'P1' where party_id = 'P3'", "1", "P3"),
    Case("dunning", "fee_too_high", "update dunning_notice set fee = 10.01 where level = 2", "1", "10.01"),
    Case("dunning", "fee_too_high", "update dunning_notice set fee = 1 where payer_id = 'P2'", "1", "P2"),
    Case("dunning", "fee_too_high", "update dunning_notice set fee = 10, policy = 'contract', level = 1 where level = 2", "1", "contract"),
    Case("dunning", "cost_too_high", "update dunning_notice set recovery_cost = 0.01 where level = 2", "1", "0.01"),
    Case("dunning", "total_differs", "update dunning_notice set open_amount = 50 where payer_id = 'P2'", "1", "50"),
    Case("dunning", "recipient_missing", "update delivery set recipients = '' where message_id = '<r3@x>'", "1"),
    Case("dunning", "suspension_unordered", "update dunning_notice set order_no = null where level = 4", "1", "P3"),
    Case("dunning", "suspension_unordered", "update suspension_order set state = 'approved', sent_on = null", "1", "approved"),
    Case("dunning", "suspension_unordered", "update suspension_order set payer_id = 'P2'", "1", "P3"),
    Case("dunning", "suspension_unordered", "update dunning_notice set order_no = 1 where level = 2", "1", "P1"),
    Case(
        "dunning",
        "suspended_early",
        "update dunning_notice set anchor_due_on = '2026-11-25' where level = 4; update invoice set due_on = '2026-11-25' where invoice_id = 3",
        "1",
        "2026-11-25",
    ),
    Case("dunning", "suspended_unwarned", "update dunning_notice set noticed_on = '2026-12-09' where level = 3", "1", "2026-12-09"),
]
DUNNING_DAY = date(2026, 12, 15)
CASES += [Case(*broken) for broken in BROKEN]
REDUNDANT = {"number_twice", "charged_twice"}  # the database refuses it, so no row can provoke it

WRITE_DOCUMENTS = f"""
insert into document (run_id, invoice_id, kind, end_client_id, path, sha256, size)
select 1, invoice_id, sort, case sort when 'summary' then payer_id else '' end,
    '2026-10/' || case sort when 'summary' then 'summaries/' else 'invoices/' end || invoice_id || '.pdf', '{sha256(PDF)}', 24
from invoice, unnest(array['invoice', 'summary']) as sort;
insert into document (run_id, invoice_id, kind, path, sha256, size)
values (1, 1, 'e_invoice', '2026-10/invoices/2026-000001.xml', '{sha256(E_INVOICES["invoices/2026-000001"])}', 5000),
    (1, 2, 'e_invoice', '2026-10/invoices/2026-000002.xml', '{sha256(E_INVOICES["invoices/2026-000002"])}', 5000)
"""


def prepare(outside: Outside, gate: str, broken_by: str = "") -> None:
    """Writes a clean close as it stands at the gate, then breaks it."""
    with outside.engine.begin() as conn:
        write_close(conn, gate)
        if gate == "documents":
            write(conn, WRITE_DOCUMENTS)
        for statement in broken_by.split("; "):
            write(conn, statement)
    feed = Path(outside.settings.feed)
    feed.mkdir(exist_ok=True)
    (feed / "disputes.csv").write_bytes(DISPUTES)
    for path in ("invoices/1", "invoices/2", "summaries/1", "summaries/2"):
        outside.out.write(f"2026-10/{path}.pdf", PDF)
    for path, content in E_INVOICES.items():
        outside.out.write(f"2026-10/{path}.xml", content)


def look(outside: Outside, gate: str) -> GateReport:
    by_day = {"dunning": gates.examine_dunning, "dunning_before": gates.examine_before_dunning}
    return by_day[gate](outside, DUNNING_DAY) if gate in by_day else gates.examine(outside, RUN, gate)


@pytest.mark.parametrize("gate", SUITES)
def test_a_clean_close_passes(gate: str, outside: Outside) -> None:
    prepare(outside, gate)
    report = look(outside, gate)
    assert [(finding.check, finding.found, finding.examples) for finding in report.findings if not finding.passed] == []
    assert len(report.findings) == len(SUITES[gate].checks)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.gate}-{case.check}")
def test_what_was_broken_is_caught(case: Case, outside: Outside) -> None:
    prepare(outside, case.gate, case.broken_by)
    failed = {finding.check: finding for finding in look(outside, case.gate).findings if not finding.passed}
    assert set(failed) == {case.check, *case.also}
    assert failed[case.check].found == Decimal(case.found)
    assert case.names in str(failed[case.check].examples)


def test_every_check_has_a_case() -> None:
    provoked = {(case.gate, check) for case in CASES for check in (case.check, *case.also)}
    assert {(suite.gate, each.name) for suite in SUITES.values() for each in suite.checks if each.name not in REDUNDANT} <= provoked


def test_every_check_has_an_own_name_a_clause_and_advice() -> None:
    for suite in SUITES.values():
        names = [each.name for each in suite.checks]
        assert len(names) == len(set(names))
        for each in suite.checks:
            assert CLAUSE_ID.fullmatch(each.clause), each
            assert each.says, each
            assert each.advice, each
