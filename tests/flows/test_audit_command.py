"""`billing audit`: a closed month computed again from what was frozen is what was issued; one changed input is found, and nothing else."""

import re
from datetime import date
from decimal import Decimal
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import URL, text
from sqlalchemy.exc import DBAPIError

from flows.command_line import main
from flows.credit import credit
from flows.monthly_close import monthly_close
from flows.order_invoicing import order_invoicing
from tasks.audit.as_it_was import PAST, as_it_was
from tasks.audit.differences import uncompared
from tasks.audit.recomputing import STAGES
from tasks.database import connect
from tasks.settings import READ_BY_RULES
from tests.databases import copy_of, create_database
from tests.world import world

names = count(1)
NOTHING = "no difference from what was issued"


@pytest.fixture(scope="module")
def closed(server: URL, tmp_path_factory: pytest.TempPathFactory) -> tuple[URL, Path]:
    """A database with two phones invoiced on 23 October and the closes of October and November, and where their files are.

    Between the two closes the feed corrects the price of bt-user and of a call to Liège;
    10 EUR of a line of PA-ONE are credited, and the invoice of CL-PACK is credited whole and made anew.
    """
    here = tmp_path_factory.mktemp("audit")
    url = create_database(server)
    small = world()
    with pytest.MonkeyPatch.context() as settings:
        point_at(settings, url, here)
        small.write(here / "feed")
        order_invoicing.fn(on=date(2026, 10, 23))
        monthly_close.fn(period="2026-10", on=date(2026, 10, 28), approve=True)
        for price in small.tables["prices"]:
            if price["product"] == "bt-user":
                price["unit_price"] = "33.00"
        for rate in small.tables["rates"]:
            if rate["prefix"] == "3242":
                rate["per_minute"] = "0.90"
        small.write(here / "feed")
        credit.fn(invoice="2026-000008", reason="a fault", on=date(2026, 11, 5), lines=[5], amount=Decimal("10.00"))
        credit.fn(invoice="2026-000003", reason="a wrong price", on=date(2026, 11, 6), again=True)
        monthly_close.fn(period="2026-11", on=date(2026, 11, 28), approve=True)
    return url, here


def point_at(settings: pytest.MonkeyPatch, url: URL, here: Path) -> None:
    values = {"STATE": here / "state", "FEED": here / "feed", "OUT": here / "out", "SMTP_URL": f"maildir:{here / 'mailbox'}", "WORKERS": 1}
    for name, value in {"DATABASE_URL": url.render_as_string(hide_password=False), **values}.items():
        settings.setenv(f"BILLING_{name}", str(value))


@pytest.fixture
def copied(closed: tuple[URL, Path], server: URL, monkeypatch: pytest.MonkeyPatch) -> URL:
    """A copy of the database, which the commands of the test work with."""
    url, here = closed
    made = copy_of(server, f"audited_{next(names)}", template=str(url.database))
    point_at(monkeypatch, made, here)
    return made


def tamper(url: URL, *statements: str) -> None:
    """Change what the ledger guards, as someone with the key of the database could: its triggers are off."""
    engine = connect(url)
    with engine.begin() as conn:
        conn.execute(text("set local session_replication_role = replica"))
        for statement in statements:
            assert conn.execute(text(statement)).rowcount == 1, statement
    engine.dispose()


def audited(month: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    """The exit code, and what was said after the line that says what was recomputed."""
    capsys.readouterr()
    code = main(["audit", month])
    head, *found = capsys.readouterr().out.splitlines()
    assert head.startswith("recomputed ")
    return code, found


@pytest.mark.parametrize("month", ["2026-10", "2026-11"])
def test_a_closed_month_comes_out_as_issued_whatever_came_later(copied: URL, capsys: pytest.CaptureFixture[str], month: str) -> None:
    assert audited(month, capsys) == (0, [NOTHING])


def test_it_says_what_was_recomputed(copied: URL, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "2026-10"]) == 0
    assert capsys.readouterr().out == (
        "recomputed orders 2026-10-23, close 2026-10: 8 documents with 33 lines, 37 usage records, "
        "EUR 925.55 net, 187.79 VAT, 1113.34 gross\n"
        "no difference from what was issued\n"
    )


CLOSE_OF_OCTOBER = "run_id = (select run_id from run where period = '2026-10-01')"
LINE_OF_NUMBERS = "2026-000008 line 1, L-ALFA-NUMBER bt-number 2026-11-01 to 2026-11-30"
CASES = {
    "the price of a channel": (
        "update price set unit_price = 11 where product = 'sip-channel'",
        [("2026-000005 line 1, L-SIP-CHANNEL sip-channel 2026-11-01 to 2026-11-30: issued 4 × 10.00 = 40.00, recomputed 4 × 11.00 = 44.00; "
         "differs: unit price 10.00 → 11.00 (price list of 2025-01-01)")],
    ),
    "the users ordered: of 20, only 2 may go in a quarter": (
        "update order_line set quantity = 20 where line_id = 'L-BETA-USER' and version = 1",
        [("2026-000008 line 5, L-BETA-USER bt-user 2026-11-01 to 2026-11-30: issued 9 × 31.00 = 279.00, recomputed 18 × 31.00 = 558.00; "
         "differs: ordered 10 → 20")],
    ),
    "the last day of a line: 10 of 30 days": (
        "update order_line set ends_on = '2026-11-10' where line_id = 'L-LUX-USER' and version = 1",
        [("2026-000002 line 1, L-LUX-USER bt-user 2026-11-01 to 2026-11-30: issued 1 × 31.00 = 31.00, recomputed 1 × 31.00 = 10.33; "
         "differs: days [2026-11-01,2026-12-01) → [2026-11-01,2026-11-11); charge recurring → pro_rata")],
    ),
    "a rate: 61 and 1 seconds in increments of a minute": (
        "update rate set per_minute_micro = 90000 where deck = 'sip_trunking' and prefix = '32' and version = 1",
        [("2026-000005 line 2, L-SIP-CHANNEL belgium_fixed 2026-10-12: issued 0.18 for 2 calls, recomputed 0.27 for 2 calls; "
         "differs: record U-SIP-01 rate sip_trunking 32 of 2025-01-01 0.12 → 0.18; "
         "record U-SIP-02 rate sip_trunking 32 of 2025-01-01 0.06 → 0.09")],
    ),
    "the seconds of a call": (
        "update usage_record set quantity = 90 where usage_id = 'U-ALFA-01'",
        [("2026-000008 line 3, L-ALFA-USER belgium_mobile 2026-10-02: issued 0.24 for 1 call, recomputed 0.18 for 1 call; "
         "differs: record U-ALFA-01 quantity 120 → 90")],
    ),
    "the seconds of a call the pack covers, so that less is left for the next": (
        "update usage_record set quantity = 410 where usage_id = 'U-PACK-01'",
        [("2026-000003 line 5, L-PACK-USER belgium_fixed 2026-10-12: issued 0.06 for 1 call, recomputed 0.06 for 1 call; "
         "differs: record U-PACK-01 quantity 400 → 410"),
         ("2026-000003 line 6, L-PACK-USER-2 belgium_fixed 2026-10-11: issued 0.10 for 1 call, recomputed 0.11 for 1 call; "
         "differs: record U-PACK-02 charged 100 → 110, in pack 200 → 190, price 0.10 → 0.11")],
    ),
    "the seconds of a call that is free": (
        "update usage_record set quantity = 31 where usage_id = 'U-START-04'",
        ["close 2026-10 record U-START-04 of L-START-USER: issued charged 30, recomputed charged 31; differs: quantity 30 → 31"],
    ),
    "an element of the frozen inventory": (
        "delete from inventory_element where snapshot_on = '2026-10-28' and element_id = 'L-ALFA-NUMBER-3'",
        ["close 2026-10 inventory snapshot 2026-10-28: issued 30 elements with hash 60ab71bf522b, recomputed 29 elements with hash d17327eaebc4",
         f"{LINE_OF_NUMBERS}: issued 3 × 1.00 = 3.00, recomputed 2 × 1.00 = 2.00; differs: counted 3 → 2"],
    ),
    "a setting noted with the recurring charges: additions from the day they were seen": (
        f"""update run_step set settings = '{{"additions": "pro_rata"}}' where step = 'recurring' and {CLOSE_OF_OCTOBER}""",
        ["2026-000008, L-ALFA-NUMBER bt-number 2026-10-26 to 2026-10-31: issued nothing, recomputed 1 × 1.00 = 0.19"],
    ),
    "a setting noted with the rating: another number that is always free": (
        f"""update run_step set settings = '{{"emergency_numbers": ["112", "1207"]}}' where step = 'rating' and {CLOSE_OF_OCTOBER}""",
        [("2026-000008 line 8, L-BETA-USER short_service 2026-10-05: issued 1.60 for 1 call, recomputed nothing; "
         "differs: record U-BETA-04 reason none → emergency, status charged → free, price 1.60 → 0.00")],
    ),
    "a contract that was not in force: its payer gets an invoice, and the calls held are charged": (
        "update contract set confirmed_on = '2026-10-28' where contract_id = 'C-WAIT'",
        [("invoice of CL-WAIT, L-WAIT-USER belgium_fixed 2026-10-08: issued nothing, recomputed 0.06 for 1 call; "
         "differs: record U-WAIT-01 reason contract not in force → none, status held → charged, price 0.00 → 0.06"),
         ("invoice of CL-WAIT, L-WAIT-USER belgium_mobile 2026-10-09: issued nothing, recomputed 0.12 for 1 call; "
         "differs: record U-WAIT-02 reason contract not in force → none, status held → charged, price 0.00 → 0.12"),
         "invoice of CL-WAIT, L-WAIT-USER bt-user 2026-10-01 to 2026-10-31: issued nothing, recomputed 1 × 31.00 = 31.00",
         "invoice of CL-WAIT, L-WAIT-USER bt-user 2026-11-01 to 2026-11-30: issued nothing, recomputed 1 × 31.00 = 31.00",
         "close 2026-10 contract not in force C-WAIT: issued it, recomputed nothing"],
    ),
    "the VAT number of the payer, so that its lines are taxed": (
        "update party set vat_number = '' where party_id = 'CL-LUX'",
        [f"2026-000002 line {line}: issued {said}, recomputed {said}; differs: vat rate 0.00 → 21.00; vat category AE → S" for line, said in (
            ("1, L-LUX-USER bt-user 2026-11-01 to 2026-11-30", "1 × 31.00 = 31.00"),
            ("2, L-LUX-USER eu_fixed 2026-10-07", "0.09 for 1 call"),
            ("3, L-LUX-USER eu_mobile 2026-10-07", "0.20 for 1 call"))],
    ),
    "the amount on an issued line": (
        "update invoice_line set net = 4 where line_seq = 1 and invoice_id = (select invoice_id from invoice where number = '2026-000008')",
        ["2026-000008: issued net 378.97, VAT 79.58, gross 458.55, recomputed its lines add up to 379.97, its VAT table to 378.97 and 79.58",
         f"{LINE_OF_NUMBERS}: issued 3 × 1.00 = 4.00, recomputed 3 × 1.00 = 3.00"],
    ),
    "the reference of an invoice": (
        "update invoice set structured_reference = '+++260/0000/00979+++' where number = '2026-000008'",
        ["2026-000008: issued structured reference +++260/0000/00979+++, recomputed structured reference +++260/0000/00877+++"],
    ),
    "what a close took of a pool": (
        f"update pool_use set used = 590 where {CLOSE_OF_OCTOBER}",
        ["close 2026-10 pool use C-PACK CL-PACK belgium_fixed seconds 2026-10-01: issued used 590, recomputed used 600"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_one_changed_input_is_reported_and_nothing_else(copied: URL, capsys: pytest.CaptureFixture[str], case: str) -> None:
    statement, expected = CASES[case]
    tamper(copied, statement)
    code, found = audited("2026-10", capsys)
    assert found[1:] == expected
    assert code == 1
    assert found[0] == f"{len(expected)} difference{'s' * (len(expected) > 1)} from what was issued:"


def test_a_correction_is_computed_again_too(copied: URL, capsys: pytest.CaptureFixture[str]) -> None:
    """The pack gives 600 seconds: with 10 more taken by the call before, 110 seconds are left to charge in place of 100."""
    tamper(copied, "update usage_record set quantity = 410 where usage_id = 'U-PACK-01'")
    code, found = audited("2026-11", capsys)
    assert code == 1
    assert found == [
        "2 differences from what was issued:",
        (
            "2026-000009 line 5, L-PACK-USER belgium_fixed 2026-10-12: issued 0.06 for 1 call, recomputed 0.06 for 1 call; "
            "differs: record U-PACK-01 quantity 400 → 410"
        ),
        (
            "2026-000009 line 6, L-PACK-USER-2 belgium_fixed 2026-10-11: issued 0.10 for 1 call, recomputed 0.11 for 1 call; "
            "differs: record U-PACK-02 charged 100 → 110, in pack 200 → 190, price 0.10 → 0.11"
        ),
    ]


def test_a_document_that_is_not_the_one_delivered_is_named(
    copied: URL, closed: tuple[URL, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path = closed[1] / "out/2026-10/invoices/2026-000002.pdf"
    drawn = path.read_bytes()
    try:
        path.write_bytes(drawn + b"%")
        code, found = audited("2026-10", capsys)
        path.unlink()
        gone = audited("2026-10", capsys)
    finally:
        path.write_bytes(drawn)
    assert code == 1
    assert len(found) == 2
    assert found[1].startswith("2026-000002 invoice 2026-10/invoices/2026-000002.pdf: issued sha256 ")
    assert gone[1][1].endswith("recomputed not in the store")


def test_a_month_that_was_never_issued_cannot_be_audited(copied: URL, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "2026-12"]) == 1
    refused = "billing: the close of 2026-12 is not issued, a month is audited as a whole; `billing close 2026-12 --approve` issues it\n"
    assert capsys.readouterr().err == refused
    with pytest.raises(SystemExit, match="2"):
        main(["audit", "2026-13"])


def test_an_audit_leaves_nothing_behind_and_changes_nothing(copied: URL, capsys: pytest.CaptureFixture[str]) -> None:
    before = contents(copied)
    assert main(["audit", "2026-10"]) == 0
    assert contents(copied) == before


def contents(url: URL) -> dict[str, object]:
    """Every table of every schema, with a hash of its rows."""
    engine = connect(url)
    with engine.connect() as conn:
        listed = "select schemaname || '.' || relname from pg_stat_user_tables order by 1"
        tables = conn.execute(text(listed)).scalars().all()
        found = {
            name: conn.execute(text(f"select md5(string_agg(t::text, '' order by t::text)) from {name} t")).scalar() for name in tables
        }
    engine.dispose()
    return found


def test_no_step_can_write_the_ledger_from_its_past(copied: URL) -> None:
    """A view refuses, and the schema of the ledger is not on the path: only a name with a schema would reach it."""
    engine = connect(copied)
    with as_it_was(engine, 2, 99) as past:
        for statement in ("delete from order_line", "update price set unit_price = 0", "insert into line (line_id) values ('L-NEW')"):
            with past.inside.connect() as conn, pytest.raises(DBAPIError, match="an audit does not write"):
                conn.execute(text(statement))
        with past.inside.connect() as conn:
            for name in ("invoice", "recurring_charge", "rated_usage_2"):
                found = conn.execute(
                    text("select relnamespace::regnamespace::text from pg_class where oid = to_regclass(:name)"), {"name": name}
                )
                assert found.scalar() in (None, PAST)
    engine.dispose()


def test_what_an_audit_that_was_killed_left_behind_is_cleared_by_the_next(copied: URL, capsys: pytest.CaptureFixture[str]) -> None:
    tamper_with_schema(copied)
    assert audited("2026-10", capsys) == (0, [NOTHING])


def tamper_with_schema(url: URL) -> None:
    engine = connect(url)
    with engine.begin() as conn:
        conn.execute(text(f"create schema {PAST}"))
        conn.execute(text(f"create table {PAST}.invoice (invoice_id bigint)"))
    engine.dispose()


def test_every_step_is_done_again_or_makes_no_figures() -> None:
    source = (Path(__file__).parent.parent.parent / "tasks/steps.py").read_text(encoding="utf-8")
    steps = set(re.findall(r'Step\("([a-z_]+)"', source))
    assert steps - {step for _, step in STAGES} == {"snapshot", "documents", "delivery", "report"}


def test_every_table_a_step_fills_is_compared(copied: URL) -> None:
    """Left out: what says how far a run came, what is judged, drawn and archived, where money went, the scope of the
    rating, which is given, and whose usage a credit note has set free."""
    engine = connect(copied)
    with as_it_was(engine, 2, 99) as past:
        assert uncompared(past.tables) == {
            "run", "run_step", "run_reopening", "number_series", "usage_window", "gate_finding", "document",
            "allocation", "usage_release", "archive_manifest", "review_request", "run_decision",
        }  # fmt: skip
    engine.dispose()


def test_every_setting_the_recomputed_steps_read_is_noted_with_them() -> None:
    tasks = Path(__file__).parent.parent.parent / "tasks"
    steps = ("rating", "rating_basis", "rating_again", "recurring", "settlement", "leaving", "one_off", "prepaid", "charging", "ad_hoc",
             "drafts", "draft_rows", "sla_credits", "refunds", "credit", "credited", "invoice_again", "issue",
             "late_charges/charging", "late_charges/gathering", "late_charges/debit_notes", "segments")  # fmt: skip
    sources = [path.read_text(encoding="utf-8") for name in steps if (path := tasks / f"{name}.py").is_file()]
    read = {name for source in sources for name in re.findall(r"settings\.([a-z_]+)", source)}
    assert read - {"policy_folder"} == set(READ_BY_RULES)  # where policies lie; a version of one that was used is never edited
