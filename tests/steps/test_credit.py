"""Credit notes on finance's decision: of lines, in parts, of the whole, and an invoice made anew; on a real database and a small world."""

import csv
import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine, text
from sqlalchemy.exc import IntegrityError

from flows.credit import credit
from flows.monthly_close import monthly_close
from flows.order_invoicing import order_invoicing
from tasks import credit as credit_step
from tasks import delivery, documents, issue
from tasks.database import connect
from tasks.ledger import Receipt, Run, Stopped
from tasks.outside import Outside
from tasks.payments import PaymentRefused, open_invoices_on, pay
from tests.databases import create_database
from tests.world import World, world

D = Decimal
NOVEMBER_5 = date(2026, 11, 5)
Say = Callable[..., list[tuple[object, ...]]]


@pytest.fixture
def say(database: Engine) -> Say:
    def run(statement: str, **values: object) -> list[tuple[object, ...]]:
        with database.begin() as conn:
            answer = conn.execute(text(statement), values)
            return [tuple(row) for row in answer] if answer.returns_rows else []

    return run


def close(here: Path, small: World | None = None, period: str = "2026-10") -> None:
    (small or world()).write(here / "feed")
    monthly_close.fn(period=period, approve=True)


def asked(number: str, *lines: int, amount: str | None = None, again: bool = False, on: date = NOVEMBER_5, reason: str = "wrong") -> str:
    given = None if amount is None else D(amount)
    return str(credit.fn(invoice=number, reason=reason, on=on, lines=list(lines), amount=given, again=again))


def number_of(say: Say, payer: str, kind: str = "invoice") -> str:
    ((number,),) = say(
        "select number from invoice where payer_id = :payer and kind = :kind order by number limit 1", payer=payer, kind=kind
    )
    return str(number)


def notes(say: Say) -> list[tuple[object, ...]]:
    return say("select number, net, vat, gross from invoice where kind = 'credit_note' order by number")


def test_an_invoice_is_credited_in_parts_and_then_whole_to_the_cent_and_no_further(here: Path, say: Say) -> None:
    close(here)
    number = number_of(say, "CL-PACK")  # net 67.28, VAT 14.13
    assert say("select line_seq, invoice_line.net from invoice_line join invoice using (invoice_id) where number = :n order by 1", n=number) == [
        (1, D("5.00")), (2, D("31.00")), (3, D("31.00")), (4, D("0.12")), (5, D("0.06")), (6, D("0.10")),
    ]  # fmt: skip
    assert asked(number, 2, amount="10.01") == f"invoice {number} is credited by C2026-000001 over EUR 12.11 with VAT"
    assert asked(number, 2) == f"invoice {number} is credited by C2026-000002 over EUR 25.40 with VAT"
    assert asked(number, 4, 5).startswith(f"invoice {number} is credited by C2026-000003")
    with pytest.raises(Stopped, match=r"nothing is left of line 2; its 31.00 EUR are credited already \(credited so far by C2026-000001"):
        asked(number, 2, amount="0.01")
    with pytest.raises(Stopped, match=r"31.01 EUR is more than the 31.00 EUR left of line 3; credit at most that"):
        asked(number, 3, amount="31.01")
    asked(number)
    assert notes(say)[0] == ("C2026-000001", D("-10.01"), D("-2.10"), D("-12.11"))
    assert say("select sum(net), sum(vat), sum(gross) from invoice where kind = 'credit_note'") == [(D("-67.28"), D("-14.13"), D("-81.41"))]
    with pytest.raises(Stopped, match="nothing is left of the invoice; it is credited in full already"):
        asked(number, reason="once more")


def test_a_credited_invoice_is_neither_open_nor_paid_nor_dunned(here: Path, database: Engine, say: Say) -> None:
    close(here)
    number = number_of(say, "CL-PORTAL")  # 67.00 net, 81.07 with VAT
    asked(number, 2, amount="50.00")
    with database.connect() as conn:
        (before,) = [one for one in open_invoices_on(conn, date(2026, 11, 4)) if one.number == number]
        (after,) = [one for one in open_invoices_on(conn, NOVEMBER_5) if one.number == number]
    assert (before.open_amount, after.open_amount) == (D("81.07"), D("20.57"))
    with pytest.raises(PaymentRefused, match=r"20.58 EUR is more than the 20.57 EUR open"):
        pay(database, number, D("20.58"), NOVEMBER_5)
    asked(number)
    with database.connect() as conn:
        assert number not in {one.number for one in open_invoices_on(conn, date(2027, 1, 1))}
    with pytest.raises(PaymentRefused, match="is credited in full"):
        pay(database, number, D("1.00"), NOVEMBER_5)
    with pytest.raises(PaymentRefused, match="in the payer's favour"):
        pay(database, "C2026-000001", D("1.00"), NOVEMBER_5)
    october = {row["invoice_number"]: row for row in table(here / "out" / "2026-10" / "invoices.csv")}
    november = {row["invoice_number"]: row for row in table(here / "out" / "2026-11" / "invoices.csv")}
    assert october[number]["status"] == "issued"  # the file of a month is as of its day; `billing export` writes it again
    assert {number: (row["kind"], row["gross"], row["status"]) for number, row in november.items()} == {
        "C2026-000001": ("credit_note", "-60.50", "issued"),
        "C2026-000002": ("credit_note", "-20.57", "issued"),
    }
    lines = [row for row in table(here / "out" / "2026-11" / "invoice_lines.csv") if row["invoice_number"] == "C2026-000001"]
    assert [(row["charge"], row["net"], row["clause"]) for row in lines] == [("credit", "-50.00", "BT-2.b")]


def test_what_cannot_be_credited_is_refused_with_the_way_out(here: Path, say: Say) -> None:
    close(here)
    number = number_of(say, "CL-LUX")  # a line of 31.00, usage 0.09 and 0.20, reverse charge
    refused: list[tuple[Callable[[], object], str]] = [
        (lambda: asked("2026-999999"), "there is no invoice 2026-999999; its number stands on the PDF"),
        (lambda: asked(number, on=date(2026, 10, 27)), "is of 2026-10-28; it cannot be credited on 2026-10-27"),
        (lambda: asked(number, 9), "there is no line 9; the invoice has lines 1 to 3"),
        (lambda: asked(number, 1, amount="1.001"), "1.001 EUR has parts of a cent; give two decimals"),
        (lambda: asked(number, 1, amount="0"), "0 EUR cannot be credited; give an amount above 0.00"),
    ]
    for ask, words in refused:
        with pytest.raises(Stopped, match=words):
            ask()
    assert say("select count(*) from run where kind = 'credit'") == [(0,)]
    asked(number, 1)
    assert notes(say) == [("C2026-000001", D("-31.00"), D("0.00"), D("-31.00"))]
    with pytest.raises(Stopped, match="C2026-000001 is a credit note; only an invoice or a debit note is credited"):
        asked("C2026-000001")


def test_a_credit_that_was_begun_and_never_issued_is_set_aside_by_the_next(here: Path, say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    close(here)
    number = number_of(say, "CL-LUX")
    with monkeypatch.context() as patched:
        patched.setattr(issue, "stage", interrupted)
        with pytest.raises(KeyboardInterrupt):
            asked(number, again=True)
    asked(number, 2)
    assert say("select count(*) from run where kind = 'credit'") == [(1,)]
    assert say("select number, kind from invoice where credits_invoice_id is not null or number is null") == [
        ("C2026-000001", "credit_note")
    ]
    assert say("select count(*) from recurring_charge where released_by is not null") == [(0,)]


def test_the_same_request_credits_once_and_says_which_credit_note_did_it(here: Path, say: Say) -> None:
    close(here)
    number = number_of(say, "CL-SIP")
    first = asked(number, 1, amount="5.00")
    assert asked(number, 1, amount="5") == f"{first}; it was asked before on 2026-11-05, nothing is done twice"
    asked(number, 1, amount="5.00", reason="another five")
    assert len(notes(say)) == 2
    assert len(list((here / "mailbox" / "new").iterdir())) == 6 + 2


def test_the_database_refuses_more_than_the_line_whoever_writes_it(here: Path, say: Say) -> None:
    close(here)
    number = number_of(say, "CL-SIP")
    asked(number, 1, amount="35.00")  # of 40.00
    say(OVERDRAWN, n=number)
    with pytest.raises(IntegrityError, match=r"line 1 of invoice 2026-\d+ charges 40.00 and 40.01 would be credited"):
        say(
            "with series as (update number_series set last_seq = 2 where series = 'credit_note-2026')"
            " update invoice set series = 'credit_note-2026', seq = 2, number = 'C2026-000002', issued_on = '2026-11-05', due_on = '2026-11-05',"
            " structured_reference = 'x' where reason = 'x'"
        )


# A credit note of 5.01 on line 1, as a draft that no step would write.
OVERDRAWN = """
    with draft as (
        insert into invoice (run_id, kind, payer_id, payer_version, payment_days, net, vat, gross, credits_invoice_id, reason)
        select run_id, 'credit_note', payer_id, payer_version, 0, -5.01, -1.05, -6.06, invoice_id, 'x' from invoice where number = :n
        returning invoice_id
    ),
    line as (
        insert into invoice_line (invoice_id, line_seq, contract_id, end_client_id, line_id, product, description, charge, from_day, to_day,
            quantity, net, vat_category, vat_rate, clause, credits_line_seq)
        select draft.invoice_id, 1, 'C-SIP', 'CL-SIP', 'L-SIP-CHANNEL', 'sip-channel', 'x', 'credit', '2026-11-01', '2026-11-30', 1, -5.01,
            'S', 21, 'ST-2.b', 1
        from draft
    ),
    vat as (insert into invoice_vat select invoice_id, 'S', 21, -5.01, -1.05 from draft)
    select 1
"""


def test_an_invoice_made_anew_is_what_it_would_have_been_and_so_is_the_next_close(
    here: Path, say: Say, server: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    close(here, wrong())
    number = number_of(say, "CL-PACK")
    assert say("select net from invoice where number = :n", n=number) == [(D("69.58"),)]  # 2.00 for the user, 0.30 beyond five minutes
    world().write(here / "feed")
    assert asked(number, again=True) == (
        f"invoice {number} is credited by C2026-000001 over EUR 84.19 with VAT, and made anew as 2026-000008 over EUR 81.41"
    )
    assert say("select payment_days, issued_on, due_on, net from invoice where number = '2026-000008'") == [
        (30, NOVEMBER_5, date(2026, 12, 5), D("67.28"))
    ]
    monthly_close.fn(period="2026-11", approve=True)

    right = connect(create_database(server))
    monkeypatch.setenv("BILLING_DATABASE_URL", right.url.render_as_string(hide_password=False))
    monkeypatch.setenv("BILLING_OUT", str(tmp_path / "right"))
    for period in ("2026-10", "2026-11"):
        monthly_close.fn(period=period, approve=True)
    with right.connect() as conn:
        for what in (LINES, DAYS, POOLS):
            assert say(what) == [tuple(row) for row in conn.execute(text(what))], what
    right.dispose()


def wrong() -> World:
    """The world with two mistakes at CL-PACK: a user at 33.00 instead of 31.00, and a pack of five minutes instead of ten."""
    small = world()
    small.row("order_lines", "L-PACK-USER")["unit_price"] = "33.00"
    small.row("packs", "bt-pack")["minutes"] = "5"
    return small


# What all invoices charge that no credit note took back, the days charged, and what was drawn from the pools.
LINES = """
    select payer_id, line.end_client_id, line_id, product, charge, from_day, to_day, quantity, unit_price, line.net, vat_category, clause, note,
        description
    from invoice_line as line
    join invoice using (invoice_id)
    where kind = 'invoice' and not exists (select from invoice as note where note.credits_invoice_id = invoice.invoice_id)
    order by payer_id, line_id, product, charge, from_day
"""
DAYS = """
    select line_no, days, charge, quantity, unit_price, net, clause, count_rule, counted, ordered
    from recurring_charge where released_by is null order by line_no, days
"""
POOLS = """
    select contract_id, destination_group, month, allowance, sum(used) from pool_use where released_by is null group by 1, 2, 3, 4 order by 1, 2, 3
"""


def test_a_credit_killed_in_one_step_after_another_is_finished_by_the_same_request(
    here: Path, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    close(here, wrong())
    number = number_of(say, "CL-PACK")
    world().write(here / "feed")
    for module in (credit_step, issue, documents, delivery):
        with monkeypatch.context() as patched:
            patched.setattr(module, "stage", killed_after(module.stage))
            with pytest.raises(KeyboardInterrupt):
                asked(number, again=True)
    asked(number, again=True)
    assert say("select number, kind, net from invoice where run_id = (select max(run_id) from run) order by 1") == [
        ("2026-000008", "invoice", D("67.28")),
        ("C2026-000001", "credit_note", D("-69.58")),
    ]
    assert say("select count(*), sum(net) from recurring_charge where released_by is null and run_id = (select max(run_id) from run)") == [
        (3, D("67.00"))
    ]
    assert say("select sum(used) from pool_use where released_by is null") == [(600,)]
    assert len(list((here / "mailbox" / "new").iterdir())) == 6 + 2


def killed_after(stage: Callable[[Outside, Run], Receipt]) -> Callable[[Outside, Run], Receipt]:
    """The step as it is when the process is ended right after its work was committed."""

    def killed(outside: Outside, run: Run) -> Receipt:
        stage(outside, run)
        raise KeyboardInterrupt

    return killed


def test_calls_that_cannot_be_billed_when_the_invoice_is_made_anew_are_left_to_the_next_close(here: Path, say: Say) -> None:
    close(here)
    number = number_of(say, "CL-SIP")  # 40.00 and calls of 1.39
    small = world()
    small.row("contracts", "C-SIP")["confirmed_on"] = ""
    small.write(here / "feed")
    asked(number, again=True)
    assert say("select net from invoice where payer_id = 'CL-SIP' and kind = 'invoice' order by number") == [(D("41.39"),), (D("40.00"),)]
    world().write(here / "feed")
    monthly_close.fn(period="2026-11", approve=True)
    assert say(
        "select sum(line.net) from invoice_line as line join invoice using (invoice_id) join run using (run_id)"
        " where payer_id = 'CL-SIP' and charge = 'usage' and period = '2026-11-01'"
    ) == [(D("1.39"),)]


def test_an_invoice_made_anew_can_be_made_anew_once_more(here: Path, say: Say) -> None:
    close(here, wrong())
    first = number_of(say, "CL-PACK")
    asked(first, again=True, reason="nothing was corrected yet")
    world().write(here / "feed")
    asked("2026-000008", again=True)
    assert say("select number, kind, net from invoice where payer_id = 'CL-PACK' order by invoice_id") == [
        (first, "invoice", D("69.58")),
        ("C2026-000001", "credit_note", D("-69.58")),
        ("2026-000008", "invoice", D("69.58")),
        ("C2026-000002", "credit_note", D("-69.58")),
        ("2026-000009", "invoice", D("67.28")),
    ]


@pytest.mark.clause("BT-2.a")
def test_hardware_invoiced_at_order_is_made_anew_and_still_due_on_receipt(here: Path, say: Say) -> None:
    dear = world()
    next(row for row in dear.tables["prices"] if row["product"] == "bt-phone")["unit_price"] = "99.00"
    dear.write(here / "feed")
    order_invoicing.fn(on=date(2026, 10, 23))
    world().write(here / "feed")
    asked("2026-000001", again=True)
    assert say("select number, net, due_on - issued_on from invoice order by invoice_id") == [
        ("2026-000001", D("198.00"), 0),
        ("C2026-000001", D("-198.00"), 0),
        ("2026-000002", D("178.00"), 0),
    ]
    order_invoicing.fn(on=date(2026, 11, 6))
    assert say("select count(*) from invoice where kind = 'invoice'") == [(2,)]  # the phones are sold once


@pytest.mark.clause("GC-10.5", "GC-4.5")
def test_an_sla_credit_and_an_ad_hoc_charge_are_on_the_invoice_made_anew_once_more(here: Path, say: Say) -> None:
    small = world()
    small.tables["credits"] = [{"credit_id": "K1", "contract_id": "C-SIP", "on": "2026-10-20", "amount": "50.00", "reason": "outage"}]
    small.tables["charges"] = [
        {"charge_id": "A1", "contract_id": "C-SIP", "on": "2026-10-21", "description": "Barring after misuse", "quantity": "1",
         "unit_price": "3.00", "reason_clause": "GC-4.5"},
    ]  # fmt: skip
    close(here, small)
    number = number_of(say, "CL-SIP")  # 40.00, calls of 1.39, 3.00, and 44.39 of the credit
    small.row("charges", "A1")["unit_price"] = "2.00"
    small.write(here / "feed")
    asked(number, again=True)
    assert say("select kind, net from invoice where payer_id = 'CL-SIP' order by invoice_id") == [
        ("invoice", D("0.00")), ("credit_note", D("0.00")), ("invoice", D("0.00")),
    ]  # fmt: skip
    assert say(
        "select charge, sum(line.net) from invoice_line as line join invoice using (invoice_id)"
        " where invoice_id = (select max(invoice_id) from invoice) group by 1 order by 1"
    ) == [("credit", D("-43.39")), ("one_off", D("2.00")), ("recurring", D("40.00")), ("usage", D("1.39"))]
    monthly_close.fn(period="2026-11", approve=True)
    assert say(  # of 50.00 the rest
        "select -sum(line.net) from invoice_line as line join invoice using (invoice_id) join run using (run_id)"
        " where charge = 'credit' and payer_id = 'CL-SIP' and period = '2026-11-01'"
    ) == [(D("6.61"),)]
    assert say("select count(*) from ad_hoc_charge where released_by is null") == [(1,)]


def test_while_a_close_waits_for_approval_no_invoice_is_made_anew_and_the_other_way_round(
    here: Path, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    close(here)
    number = number_of(say, "CL-SIP")
    with monkeypatch.context() as patched:
        patched.setattr(issue, "stage", interrupted)
        with pytest.raises(KeyboardInterrupt):
            asked(number, again=True)
    with pytest.raises(Stopped, match=rf"finish it first: `billing credit {number} --on 2026-11-05 --reason 'wrong' --again`"):
        monthly_close.fn(period="2026-11")
    asked(number, again=True)
    monthly_close.fn(period="2026-11")
    with pytest.raises(Stopped, match="close 2026-11 was begun and its invoices are not issued"):
        asked("2026-000008", again=True, on=date(2026, 11, 29))
    asked("2026-000008", 1, amount="1.00", on=date(2026, 11, 29))  # a credit alone changes nothing the close rests on


def interrupted(_outside: Outside, _run: Run) -> Receipt:
    raise KeyboardInterrupt


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
