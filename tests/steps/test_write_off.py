"""Amounts that finance gives up: off what is open, on the statement, in the books; and what is refused."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest

import sql
from billing.period import Period
from tasks import credit
from tasks.books import write_month
from tasks.export import InvoiceRow
from tasks.ledger import Stopped
from tasks.outside import Outside
from tasks.payments import late_invoices_on, open_invoices_on, pay
from tasks.statement import statement
from tasks.take_back import take_back
from tasks.write_off import WriteOffRefused, write_off
from tests.steps.delivery_scene import Scene

D = Decimal
FIRST = "2026-000001"
ON = date(2026, 12, 10)


@pytest.fixture
def scene(outside: Outside) -> Scene:
    """Invoice 2026-000001 of 121.00 to ALFA, issued on 28 October, due on 27 November."""
    scene = Scene(outside)
    scene.payer("ALFA")
    scene.invoice(scene.close(), "ALFA", "121.00")
    return scene


def give_up(outside: Outside, amount: str | None = None, on: date = ON, number: str = FIRST) -> str:
    return str(write_off(outside.engine, number, None if amount is None else D(amount), on=on, by="An", reason="bankrupt"))


def test_a_part_is_given_up_and_later_the_rest(outside: Outside, scene: Scene) -> None:
    pay(outside.engine, FIRST, D("21.00"), date(2026, 12, 1))
    assert give_up(outside, "40.00").startswith("invoice 2026-000001: 40.00 EUR given up on 2026-12-10, 60.00 EUR stay open")
    assert "60.00 EUR given up on 2026-12-11, nothing is open of it any more" in give_up(outside, on=date(2026, 12, 11))
    assert scene.say("select amount, written_off_on, decided_by, reason from write_off order by 1") == [
        (D("40.00"), ON, "An", "bankrupt"), (D("60.00"), date(2026, 12, 11), "An", "bankrupt"),
    ]  # fmt: skip
    with outside.engine.connect() as conn:
        assert [one.open_amount for one in open_invoices_on(conn, ON)] == [D("60.00")]
        assert late_invoices_on(conn, date(2026, 12, 12)) == []  # nobody is reminded of it


def test_the_statement_says_what_is_given_up_and_does_not_call_it_a_payment(outside: Outside, scene: Scene) -> None:
    pay(outside.engine, FIRST, D("21.00"), ON)
    give_up(outside, "40.00")
    found = statement(outside.engine, "ALFA", ON, since=date(2026, 11, 1))
    assert found.account is not None
    assert [(entry.kind, entry.amount, left) for entry, left in found.account.entries] == [
        ("written_off", D("-40.00"), D("81.00")), ("payment", D("-21.00"), D("60.00")),
    ]  # fmt: skip


def test_it_is_booked_as_a_loss_and_vat_stays_due(outside: Outside, scene: Scene) -> None:
    give_up(outside, "40.00")
    write_month(outside, Period.month("2026-12"))
    booked = scene.say("select account, partner, debit, credit from journal_entry where month = '2026-12-01' order by entry_no")
    assert booked == [("642000", "", D("40.00"), D("0.00")), ("400000", "ALFA", D("0.00"), D("40.00"))]


def test_money_that_comes_after_all_finds_the_rest_only(outside: Outside, scene: Scene) -> None:
    give_up(outside, "100.00")
    with pytest.raises(Stopped, match=r"121\.00 EUR is more than the 21\.00 EUR open"):
        pay(outside.engine, FIRST, D("121.00"), ON)


def take(outside: Outside, amount: str | None = None, on: date = ON) -> str:
    return str(take_back(outside.engine, FIRST, None if amount is None else D(amount), on=on, by="An", reason="he pays after all"))


def test_taken_back_it_is_open_again_and_no_loss(outside: Outside, scene: Scene) -> None:
    give_up(outside)
    assert (
        take(outside, "21.00") == "invoice 2026-000001: 21.00 EUR that were given up are taken back on 2026-12-10, 21.00 EUR are open of it"
    )
    pay(outside.engine, FIRST, D("21.00"), ON)
    assert "100.00 EUR are open" in take(outside, on=date(2026, 12, 11))
    write_month(outside, Period.month("2026-12"))
    assert scene.say("select account, sum(debit - credit) from journal_entry where month = '2026-12-01' group by 1 order by 1") == [
        ("400000", D("-21.00")), ("550000", D("21.00")), ("642000", D("0.00")),
    ]  # fmt: skip
    with outside.engine.connect() as conn:
        assert [one.open_amount for one in open_invoices_on(conn, date(2026, 12, 11))] == [D("100.00")]


@pytest.mark.parametrize(
    ("amount", "on", "reason"),
    [
        ("40.01", ON, "40.01 EUR is more than the 40.00 EUR given up"),
        ("0.00", ON, "0.00 EUR cannot be taken back; give an amount above 0.00"),
        (None, date(2026, 12, 9), "it was given up on 2026-12-10; nothing of it can be taken back on 2026-12-09"),
    ],
)
def test_no_more_is_taken_back_than_was_given_up(outside: Outside, scene: Scene, amount: str | None, on: date, reason: str) -> None:
    with pytest.raises(WriteOffRefused, match="nothing of invoice 2026-000001 is given up"):
        take(outside)
    give_up(outside, "40.00")
    with pytest.raises(WriteOffRefused, match=reason):
        take(outside, amount, on)


def test_a_payment_that_comes_after_all_is_told_the_way(outside: Outside, scene: Scene) -> None:
    give_up(outside)
    with pytest.raises(Stopped, match=r"nothing is open of invoice 2026-000001; 121\.00 EUR of it were given up.* --take-back"):
        pay(outside.engine, FIRST, D("121.00"), ON)


def test_an_invoice_that_was_given_up_is_not_credited_before_that_is_taken_back(outside: Outside, scene: Scene) -> None:
    give_up(outside, "100.00")
    with outside.engine.connect() as conn:
        with pytest.raises(
            Stopped, match=r"100\.00 EUR that this would credit .* `billing write-off 2026-000001 --take-back --amount 100\.00`"
        ):
            credit.refuse(conn, credit.Request(FIRST, "wrong"), ON)
        credit.refuse(conn, credit.Request(FIRST, "wrong", (1,), D("10.00")), ON)  # what is open of it can be credited


@pytest.mark.parametrize(
    ("paid", "given", "status"),
    [
        ("", "121.00", "written_off"),
        ("", "21.00", "partly_written_off"),
        ("21.00", "100.00", "written_off"),
        ("21.00", "40.00", "partly_paid"),
    ],
)
def test_the_list_of_invoices_does_not_call_it_paid(outside: Outside, scene: Scene, paid: str, given: str, status: str) -> None:
    if paid:
        pay(outside.engine, FIRST, D(paid), ON)
    give_up(outside, given)
    with outside.engine.connect() as conn:
        assert [row.status for row in sql.rows(conn, InvoiceRow, "export/invoices", month=date(2026, 10, 1))] == [status]


REFUSED = {
    "an unknown invoice": ({"number": "2026-000009"}, "there is no invoice 2026-000009; its number stands on the PDF"),
    "nothing": ({"amount": "0.00"}, "0.00 EUR cannot be given up; give an amount above 0.00"),
    "less than nothing": ({"amount": "-1.00"}, "-1.00 EUR cannot be given up"),
    "no number at all": ({"amount": "NaN"}, "NaN EUR cannot be given up"),
    "a part of a cent": ({"amount": "1.005"}, "1.005 EUR has parts of a cent; give two decimals"),
    "more than is open": ({"amount": "121.01"}, "121.01 EUR is more than the 121.00 EUR open of invoice 2026-000001; give up at most that"),
    "a day before the invoice": (
        {"on": date(2026, 10, 27)},
        "invoice 2026-000001 is of 2026-10-28; nothing of it can be given up on 2026-10-27",
    ),
}


@pytest.mark.parametrize(("given", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_makes_no_sense_is_refused_in_one_line_and_nothing_is_written(
    outside: Outside, scene: Scene, given: dict[str, object], reason: str
) -> None:
    with pytest.raises(WriteOffRefused) as refused:
        give_up(outside, **given)  # type: ignore[arg-type]
    assert str(refused.value).startswith(reason)
    assert "\n" not in str(refused.value)
    assert scene.say("select (select count(*) from write_off) + (select count(*) from payment)") == [(0,)]


@pytest.mark.parametrize(("by", "reason"), [(" ", "bankrupt"), ("An", "  ")], ids=["nobody decides", "nobody says why"])
def test_somebody_decides_and_says_why(outside: Outside, scene: Scene, by: str, reason: str) -> None:
    with pytest.raises(WriteOffRefused, match="give --by NAME and --reason TEXT"):
        write_off(outside.engine, FIRST, None, on=ON, by=by, reason=reason)


def test_of_an_invoice_that_is_paid_nothing_can_be_given_up(outside: Outside, scene: Scene) -> None:
    pay(outside.engine, FIRST, D("121.00"), ON)
    with pytest.raises(WriteOffRefused, match="nothing is open of invoice 2026-000001"):
        give_up(outside)


def test_two_people_at_the_same_moment_never_give_up_more_than_is_open(outside: Outside, scene: Scene) -> None:
    def once(_: int) -> bool:
        try:
            give_up(outside, "60.00")
        except WriteOffRefused:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(once, range(4))).count(True) == 2
