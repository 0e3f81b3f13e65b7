"""Money in the books: each movement of the bank once, where it belongs, and what is matched after its month is final."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

import sql
from billing.period import Period
from tasks.bank.by_hand import allocate_on_account, allocate_to_invoices, set_aside
from tasks.books import write_month
from tasks.gates import books_tie, examine_books
from tasks.ledger import Stopped
from tasks.outside import Outside
from tests.bank_files import Paid
from tests.steps.delivery_scene import Scene
from tests.steps.test_bank_import import ALFA1, BETA1, DAY, booked, scene

__all__ = ["scene"]

D = Decimal
NOVEMBER, DECEMBER = Period.month("2026-11"), Period.month("2026-12")


def entries(scene: Scene, month: Period = NOVEMBER) -> dict[str, list[str]]:
    """The entries of each document of a month: account, partner, D or C, amount."""
    rows = scene.say(
        "select document, account, partner, debit, credit from journal_document join journal_entry using (month, document_no)"
        " where month = :month order by document_no, entry_no",
        month=month.first,
    )
    found: dict[str, list[str]] = {}
    for document, account, partner, debit, credit in rows:
        found.setdefault(str(document), []).append(" ".join(filter(None, (account, partner, f"D {debit}" if debit else f"C {credit}"))))  # type: ignore[arg-type]
    return found


def make_november_final(outside: Outside) -> None:
    """As the flow does once the close is issued, and October is final."""
    write_month(outside, NOVEMBER)
    with outside.engine.begin() as conn:
        for month in (NOVEMBER.previous_month(), NOVEMBER):
            sql.run(conn, "books/make_final", month=month.first, on=date(2026, 12, 3), by="An")


@pytest.mark.clause("CG-2.d")
def test_every_movement_of_the_bank_is_booked_where_its_money_is(outside: Outside, scene: Scene) -> None:
    booked(
        outside, Paid("121.00", ALFA1), Paid("50.00", BETA1), Paid("-12.10", "charges of the bank"), Paid("5.00", "?"), Paid("9.00", "?"),
        Paid("7.00", "tax"), Paid("-21.00", "", returned="MS03"),
    )  # fmt: skip
    allocate_on_account(outside.engine, 5, "GAMMA", by="An")
    set_aside(outside.engine, 6, by="An")
    allocate_to_invoices(outside.engine, 7, ["2026-000001"], by="An")
    write_month(outside, NOVEMBER)
    found = entries(scene)
    assert found["BNK-1"] == ["550000 D 121.00", "400000 ALFA C 121.00"]
    assert found["BNK-2"] == ["550000 D 50.00", "400000 BETA C 48.40", "460000 BETA C 1.60"]
    assert found["BNK-3"] == ["550000 C 12.10", "499000 D 12.10"]
    assert found["BNK-4"] == ["550000 D 5.00", "499000 C 5.00"]
    assert found["BNK-5"] == ["550000 D 9.00", "460000 GAMMA C 9.00"]
    assert found["BNK-6"] == ["550000 D 7.00", "499000 C 7.00"]
    assert found["BNK-7"] == ["550000 C 21.00", "400000 ALFA D 21.00"]
    ((bank,),) = scene.say("select sum(debit - credit) from journal_entry where account = '550000'")
    assert [(bank,)] == scene.say("select sum(amount) from bank_movement")


def test_money_matched_after_its_month_is_final_leaves_the_suspense_account_in_the_next(outside: Outside, scene: Scene) -> None:
    booked(outside, Paid("100.00", "?"))
    make_november_final(outside)
    assert entries(scene)["BNK-1"] == ["550000 D 100.00", "499000 C 100.00"]
    allocate_to_invoices(outside.engine, 1, ["2026-000002"], by="An")
    write_month(outside, DECEMBER)
    assert entries(scene)["BNK-1"] == ["550000 D 100.00", "499000 C 100.00"]
    (moved,) = (told for document, told in entries(scene, DECEMBER).items() if document.startswith("BNK"))
    assert moved == ["499000 D 60.50", "400000 ALFA C 60.50"]
    assert scene.say("select dated_on from journal_document where month = '2026-12-01' and journal = 'bank'") == [(DAY,)]
    assert books_tie(outside, DECEMBER)


def test_a_deposit_set_off_is_no_money_of_the_bank(outside: Outside, scene: Scene) -> None:
    scene.say(
        "insert into deposit_set_off (payer_id, amount, set_off_on, decided_by, reason) values ('BETA', 20, '2026-11-30', 'An', 'late')"
    )
    scene.say(
        "insert into payment (invoice_id, amount, paid_on, set_off_no) select invoice_id, 20, '2026-11-30', 1 from invoice where payer_id = 'BETA'"
    )
    write_month(outside, NOVEMBER)
    assert entries(scene) == {"DEP-1": ["488000 D 20.00", "400000 BETA C 20.00"]}


OF_THE_FIRST = "month = '2026-10-01' and document_no = 1"
BROKEN = {
    "a document that takes more than the invoice": (
        (
            f"update journal_entry set debit = debit + 1 where account = '400000' and {OF_THE_FIRST}",
            f"update journal_entry set credit = credit + 1 where account <> '400000' and {OF_THE_FIRST}",
        ),
        {"document_differs", "receivables_differ"},
    ),
    "a movement booked too low": (
        (
            "update journal_entry set debit = debit - 1 where account = '550000'",
            "update journal_entry set credit = credit - 1 where account = '400000' and credit = 121",
        ),
        {"money_differs", "bank_differs", "receivables_differ"},
    ),
    "a document taken out": (("delete from journal_document where document = '2026-000001'",), {"document_missing"}),
    "a movement taken out": (("delete from journal_document where document = 'BNK-1'",), {"money_missing"}),
    "income that was deferred for no day": (
        (f"update journal_entry set account = '493000' where account like '70%%' and {OF_THE_FIRST}",),
        {"deferred_differs"},
    ),
}


@pytest.mark.parametrize(("broken_by", "caught"), BROKEN.values(), ids=BROKEN)
def test_the_gate_catches(outside: Outside, scene: Scene, broken_by: tuple[str, ...], caught: set[str]) -> None:
    booked(outside, Paid("121.00", ALFA1))
    for month in (Period.month("2026-10"), NOVEMBER):
        write_month(outside, month)
        assert examine_books(outside, month).stops == ()
    with outside.engine.begin() as conn:
        for statement in broken_by:
            conn.exec_driver_sql(statement)
    found = {
        finding.check
        for month in (Period.month("2026-10"), NOVEMBER)
        for finding in examine_books(outside, month).findings
        if not finding.passed
    }
    assert found == caught


def test_two_purposes_with_one_account_are_refused_in_words(outside: Outside, scene: Scene) -> None:
    shared = replace(outside, settings=outside.settings.model_copy(update={"accounts": {"bank": "400000"}}))
    with pytest.raises(Stopped, match="setting accounts: receivables and bank are both 400000; give each an account of its own"):
        write_month(shared, NOVEMBER)
