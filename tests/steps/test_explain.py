"""`billing explain`: how each amount of a document came to be, with what it was made from, the rule and the arithmetic."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine, text

from flows.command_line import main
from flows.monthly_close import monthly_close
from flows.order_invoicing import order_invoicing
from tasks.database import connect
from tasks.explain import explain
from tasks.explain.words import clause_text
from tasks.ledger import Stopped
from tests.databases import create_database
from tests.explained import computed_otherwise
from tests.world import world


@pytest.fixture(scope="module")
def issued(server: URL, tmp_path_factory: pytest.TempPathFactory) -> tuple[Engine, Path]:
    """The small operator with its orders of 23 October and its close of October, and where its settings are."""
    here = tmp_path_factory.mktemp("explain")
    url = create_database(server)
    world().write(here / "feed")
    config = here / "billing.toml"
    values = {"database_url": url.render_as_string(hide_password=False), "smtp_url": f"maildir:{here}/mailbox"}
    folders = {name: str(here / name) for name in ("state", "feed", "out")}
    config.write_text("".join(f'{name} = "{value}"\n' for name, value in {**values, **folders}.items()) + "workers = 1\n")
    with pytest.MonkeyPatch.context() as settings:
        settings.setenv("BILLING_CONFIG", str(config))
        order_invoicing.fn(on=date(2026, 10, 23))
        monthly_close.fn(period="2026-10", on=date(2026, 10, 28), approve=True)
    return connect(url), config


def line_of(engine: Engine, line_id: str, product: str, from_day: str) -> str:
    """The explanation of one line, without the head of the document."""
    with engine.connect() as conn:
        found = conn.execute(
            text(
                "select number, line_seq from invoice_line join invoice using (invoice_id) "
                "where line_id = :line_id and product = :product and from_day = cast(:from_day as date)"
            ),
            {"line_id": line_id, "product": product, "from_day": from_day},
        ).one()
    return explain(engine, found.number, found.line_seq).partition("\n\n")[2]


CASES = {
    "a start within the month: 9 of 31 days of two users": (
        "L-START-USER", "bt-user", "2026-10-23",
        ["counted 2 in the snapshot of 2026-10-28 (hash 60ab71bf522b), ordered 2; counted (BT-2.f)",
         "L-START-USER version 1 (import 1): 2, price list, from 2026-10-23",
         "31.00 by the price list: bt-user valid from 2025-01-01, version 1 (import 1), announced 2024-11-01",
         "C-START version 1, allocloud terms, minimum term to 2028-10-22",
         "2026-10-23 to 2026-10-31, 9 of 31 days",
         "2 × 31.00 = 62.00 × 9/31 = 18.00",
         "billing.recurring.price_of_days (BT-2.b, ST-2.b)"],
    ),
    "users that fell by more than a tenth": (
        "L-BETA-USER", "bt-user", "2026-11-01",
        ["9: counted 8 in the snapshot of 2026-10-28 (hash 60ab71bf522b), ordered 10; minimum_users (BT-2.h)",
         "in the quarter from 2026-10-01: R = 10 (ordered), at least 10 − ⌊10 ÷ 10⌋ = 9",
         "billing.counting.users (BT-2.h)",
         "9 × 31.00 = 279.00, a whole month"],
    ),
    "an international number removed on 27 October, first seen on the 26th": (
        "L-PORTAL-INT", "bt-number-int", "2026-11-01",
        ["1: counted 0 in the snapshot of 2026-10-28 (hash 60ab71bf522b), ordered 1; twelve_months (BT-2.i)",
         "a number removed since, first seen 2026-10-26, goes on until twelve months have passed on 2027-10-26",
         "1 × 5.00 = 5.00, a whole month"],
    ),
    "a call split by the end of the pack: 200 seconds in it, 100 at 0.06 a minute": (
        "L-PACK-USER-2", "belgium_fixed", "2026-10-11",
        ["2026-10: 600 seconds for CL-PACK, 600 taken by close 2026-10",
         "billing.packs.Pools.draw",
         ("U-PACK-02 2026-10-11 10:00:00, 200 seconds in the pack, 100 charged, business_telephony 32 (Belgium fixed) of 2025-01-01: "
         "0.00 + 0.06 × 100 ÷ 60, up to the cent = 0.10"),
         "the sum of 1 price, rounded up to the cent = 0.10"],
    ),
    "calls across the sea in increments, and a rate that doubles at midnight": (
        "L-SIP-CHANNEL", "world_1", "2026-10-12",
        [("U-SIP-04 2026-10-12 10:30:00, 31 seconds, sip_trunking 1 (World 1) of 2025-01-01: "
         "0.00 + 0.30 × 36 ÷ 60 in increments 30/6, up to the cent = 0.18"),
         "U-SIP-05 2026-10-14 23:59:00, 60 seconds, sip_trunking 44 (World 1) of 2025-01-01: 0.00 + 0.30 × 60 ÷ 60, up to the cent = 0.30",
         "U-SIP-06 2026-10-15 00:00:00, 60 seconds, sip_trunking 44 (World 1) of 2026-10-15: 0.00 + 0.60 × 60 ÷ 60, up to the cent = 0.60",
         "the sum of 3 prices, each rounded up to the cent = 1.08",
         "billing.pricing.price_in_cents (BT-2.e)"],
    ),
    "hardware, once, on the first day the contract was in force and an orders run could find it": (
        "L-START-PHONE", "bt-phone", "2026-10-05",
        ["ordered on 2026-10-05", "89.00 by the price list", "2 × 89.00 = 178.00", "billing.one_off.one_off_charge (BT-2.a"],
    ),
    "a Telavox month at the price before the change that was announced too late": (
        "L-TLX-USER", "tlx-user", "2026-10-01",
        ["20.00 by the price list: tlx-user valid from 2025-01-01", "C-TLX version 1, telavox terms", "4 × 20.00 = 80.00, a whole month"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_line_says_what_it_was_made_from_and_how(issued: tuple[Engine, Path], case: str) -> None:
    line_id, product, from_day, expected = CASES[case]
    said = line_of(issued[0], line_id, product, from_day)
    assert [part for part in expected if part not in said] == [], said


def test_every_explanation_comes_to_the_amount_on_the_line(issued: tuple[Engine, Path]) -> None:
    engine = issued[0]
    assert computed_otherwise(engine) == ([], 33)


def test_the_whole_document_says_by_which_run_and_settings_and_how_it_is_taxed(issued: tuple[Engine, Path]) -> None:
    said = explain(issued[0], "2026-000006")
    assert said.startswith("invoice 2026-000006 of 2026-10-28, due 2026-11-27, to CL-START (version 1)\n")
    assert "net 81.40 + VAT 17.09 = 98.49 EUR" in said
    assert "close 2026-10 on 2026-10-28: rating from import 1, recurring from import 1, drafts from import 1" in said
    assert '"additions": "next_period"' in said
    assert "81.40 × 21.00 % = 17.09, rounded half-up to the cent" in said
    assert "in BE with a VAT number: S 21.00 %" in said


def test_no_called_number_and_no_name_is_said(issued: tuple[Engine, Path]) -> None:
    engine = issued[0]
    with engine.connect() as conn:
        numbers = conn.execute(text("select number from invoice order by number")).scalars().all()
        hidden = conn.execute(text("select callee from usage_record where callee_key > 0 union select name from party")).scalars().all()
    said = "\n".join(explain(engine, number) for number in numbers)
    assert [one for one in hidden if one and one in said] == []


def test_an_unknown_invoice_or_line_is_refused_in_one_line(issued: tuple[Engine, Path]) -> None:
    with pytest.raises(Stopped, match=r"^there is no document 2026-009999; its number stands on the PDF and in invoices\.csv"):
        explain(issued[0], "2026-009999")
    with pytest.raises(Stopped, match=r"^2026-000006 has no line 5; its lines are 1 to 4$"):
        explain(issued[0], "2026-000006", 5)


def test_the_command_explains_and_refuses(
    issued: tuple[Engine, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BILLING_CONFIG", str(issued[1]))
    assert main(["explain", "2026-000006", "2"]) == 0
    assert "2 × 31.00 = 62.00, a whole month" in capsys.readouterr().out
    assert main(["explain", "2026-000006"]) == 0
    assert capsys.readouterr().out.count("\nline ") == 4
    assert main(["explain", "2026-009999"]) == 1
    assert capsys.readouterr().err.startswith("billing: there is no document 2026-009999")
    assert main(["explain", "2026-000006", "9"]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_clause_is_told_in_one_line_where_the_register_is_at_hand(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    clause_text.cache_clear()
    assert clause_text("BT-2.e").startswith("Price = ⌈setup + per-minute rate × seconds ÷ 60⌉")
    assert "\n" not in clause_text("BT-2.b")
    clause_text.cache_clear()
    monkeypatch.setattr("tasks.explain.words.REGISTER", tmp_path / "register.md")
    assert clause_text("BT-2.e") == ""
    clause_text.cache_clear()
