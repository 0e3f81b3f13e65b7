"""The bank of the demo: its statements are read back as they were meant, and the money of each finds its way."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from billing.bank import Movement, Statement
from tasks.bank.importing import import_statements
from tasks.bank.reading import read_file
from tasks.demo.accounts import account_of
from tasks.demo.bank import write_statement
from tasks.demo.bank_layouts import camt_bytes, coda_bytes
from tasks.outside import Outside
from tasks.payments import OpenInvoiceOn, open_invoices_on
from tests.bank_files import OURS
from tests.steps.delivery_scene import Scene

D = Decimal
DAY = date(2026, 11, 10)
MOVEMENTS = (
    Movement(1, "A", DAY, DAY, D("121.00"), "BE68539007547034", "Société Alfa", reference="260000000170", end_to_end_id="2026-000001"),
    Movement(2, "B", DAY, date(2026, 11, 11), D("0.01"), "", "", text="a text that is longer than the fifty-three characters of one CODA line"),
    Movement(3, "C", DAY, DAY, D("-121.00"), "BE68539007547034", "X", reference="260000000170", end_to_end_id="2026-000001", is_return=True,
             return_reason="MS03"),
    Movement(4, "D", DAY, DAY, D("-12.50"), text="charges"),
)  # fmt: skip


@pytest.mark.parametrize("name", ["s.cod", "s.xml"])
def test_what_is_written_is_read_back(name: str) -> None:
    layout = "coda" if name == "s.cod" else "camt.053"
    meant = Statement(OURS, 7, DAY, DAY, D("-3.00"), D("-15.49"), MOVEMENTS, layout)
    found = read_file(name, (coda_bytes if layout == "coda" else camt_bytes)(meant), {OURS})
    assert found.rejects == ()
    [statement] = found.statements
    reread = tuple(
        replace(one, bank_reference=one.bank_reference[:1], end_to_end_id=one.end_to_end_id.replace("NOTPROVIDED", ""))
        for one in statement.movements
    )
    assert replace(statement, movements=reread, line=0) == meant


def test_every_payer_has_a_valid_account_of_his_own() -> None:
    accounts = [account_of(f"CL{n:03d}") for n in range(200)]
    assert len(set(accounts)) == 200
    assert all(_mod97(one) == 1 for one in accounts)


def _mod97(iban: str) -> int:
    return int("".join(str(int(character, 36)) for character in iban[4:] + iban[:4])) % 97


def open_now(outside: Outside, day: date) -> list[OpenInvoiceOn]:
    with outside.engine.connect() as conn:
        return open_invoices_on(conn, day)


@pytest.fixture
def scene(outside: Outside) -> Scene:
    """Twenty payers with an invoice each, the first with two."""
    scene = Scene(outside)
    run = scene.close()
    for n in range(20):
        scene.payer(f"P{n:02d}", name=f"Company {n}")
        for days in (30, 31) if n == 0 else (30,):
            scene.invoice(run, f"P{n:02d}", f"{100 + n}.{n:02d}", days=days)
    return scene


def test_statements_of_the_demos_bank_are_imported_whole_in_both_formats(outside: Outside, scene: Scene) -> None:
    feed = Path(outside.settings.feed)
    written = []
    for month in (11, 12):
        day = date(2026, month, 12)
        written.append(write_statement(feed, open_now(outside, day), day, iban=OURS, seed=3, never_pay={"P19"}).name)
        receipt = import_statements(outside, day)
        assert (receipt.statements, receipt.rejects) == (1, [])
    assert written == ["2026-11-12-001.cod", "2026-12-12-002.xml"]
    assert receipt.figures["returned"] == 1
    left = {one.payer_id for one in open_now(outside, date(2026, 12, 12))}
    assert "P19" in left
    assert len(left) < 6
    assert receipt.totals.on_account > 0
    assert receipt.totals.unmatched > 0
    worklist = outside.out.read("unmatched.csv").decode()
    assert "Fanfare Sainte-Cécile" in worklist


def test_the_same_day_and_seed_give_the_same_bytes(outside: Outside, scene: Scene, tmp_path: Path) -> None:
    owed = open_now(outside, DAY)
    first = write_statement(tmp_path / "a", owed, DAY, iban=OURS, seed=1)
    again = write_statement(tmp_path / "b", list(reversed(owed)), DAY, iban=OURS, seed=1)
    assert first.read_bytes() == again.read_bytes()
    assert write_statement(tmp_path / "c", owed, DAY, iban=OURS, seed=2).read_bytes() != first.read_bytes()
