"""What documents and money do to the accounts, with the amounts a bookkeeper would write by hand."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.accounts import SHIPPED, Chart
from billing.journal import (
    Booking,
    Part,
    Sale,
    Side,
    SoldLine,
    Unbalanced,
    VatAmount,
    accrual,
    balances,
    booking,
    movement,
    release,
    sale,
    settlement,
    taken_back,
    vat_code,
)
from billing.period import Period

D = Decimal
CHART = Chart()
USERS, CALLS = "700100", "700110"
OCTOBER, NOVEMBER, DECEMBER = (Period.month(month) for month in ("2026-10", "2026-11", "2026-12"))
LATE_OCTOBER = Period(date(2026, 10, 23), date(2026, 11, 1))
INVOICE = Sale("invoice", "2026-000001", "CL-START", date(2026, 10, 28), date(2026, 11, 27), D("98.49"), "+++260/0000/00195+++")
OF_21 = ("S", D("21.00"))


def line(net: str, days: Period | None, account: str = USERS, tax: tuple[str, Decimal] = OF_21) -> SoldLine:
    return SoldLine(account, D(net), *tax, days)


def told(booked: Booking) -> list[str]:
    """The entries as a bookkeeper writes them: account, partner, D or C, amount, VAT code."""
    return [
        " ".join(filter(None, (e.account, e.partner, f"D {e.debit}" if e.debit else f"C {e.credit}", e.vat_code))) for e in booked.entries
    ]


STARTING = [line("18.00", LATE_OCTOBER), line("62.00", NOVEMBER), line("1.40", None, CALLS)]


def test_an_invoice_of_28_october_earns_9_days_of_october_at_once_and_defers_november() -> None:
    booked = sale(INVOICE, STARTING, [VatAmount(*OF_21, D("17.09"))], OCTOBER.last, CHART)
    assert told(booked) == [
        "400000 CL-START D 98.49",
        "700100 C 18.00 S21",
        "493000 C 62.00 S21",
        "700110 C 1.40 S21",
        "451000 C 17.09 S21",
    ]
    assert (booked.journal, booked.document, booked.dated_on, booked.due_on) == (
        "sales", "2026-000001", date(2026, 10, 28), date(2026, 11, 27),
    )  # fmt: skip


def test_the_same_invoice_made_on_3_november_defers_nothing_for_november_is_the_month_of_its_issue() -> None:
    booked = sale(INVOICE, STARTING, [VatAmount(*OF_21, D("17.09"))], NOVEMBER.last, CHART)
    assert told(booked) == ["400000 CL-START D 98.49", "700100 C 80.00 S21", "700110 C 1.40 S21", "451000 C 17.09 S21"]


def test_november_is_released_on_its_last_day() -> None:
    booked = release(NOVEMBER, {USERS: D("62.00")}, CHART)
    assert told(booked) == ["493000 D 62.00", "700100 C 62.00"]
    assert (booked.document, booked.dated_on) == ("DEF-2026-11", date(2026, 11, 30))


def test_a_credit_in_november_of_december_takes_it_out_of_the_deferred_income() -> None:
    note = Sale("credit_note", "C2026-000001", "P1", date(2026, 11, 30), date(2026, 11, 30), D("-37.51"), "", credits="2026-000002")
    booked = sale(note, [line("-31.00", DECEMBER)], [VatAmount(*OF_21, D("-6.51"))], NOVEMBER.last, CHART)
    assert told(booked) == ["400000 P1 C 37.51", "493000 D 31.00 S21", "451000 D 6.51 S21"]
    assert (booked.journal, booked.text) == ("credit_notes", "credits 2026-000002")


def test_a_credit_in_december_of_days_in_november_takes_back_income() -> None:
    note = Sale("credit_note", "C2026-000001", "P1", date(2026, 12, 4), date(2026, 12, 4), D("-37.51"), "", credits="2026-000002")
    booked = sale(note, [line("-31.00", NOVEMBER)], [VatAmount(*OF_21, D("-6.51"))], DECEMBER.last, CHART)
    assert told(booked) == ["400000 P1 C 37.51", "700100 D 31.00 S21", "451000 D 6.51 S21"]


def test_reverse_charge_books_no_vat_and_says_so_on_the_income() -> None:
    abroad = replace(INVOICE, gross=D("31.29"))
    taxed = ("AE", D("0.00"))
    booked = sale(
        abroad, [line("31.00", NOVEMBER, tax=taxed), line("0.29", None, CALLS, taxed)], [VatAmount(*taxed, D("0.00"))], OCTOBER.last, CHART
    )
    assert told(booked) == ["400000 CL-START D 31.29", "493000 C 31.00 AE", "700110 C 0.29 AE"]


def test_a_debit_note_books_interest_and_fees_outside_vat() -> None:
    note = Sale("debit_note", "D2026-000001", "P1", date(2026, 12, 2), date(2027, 1, 1), D("18.20"), "")
    outside = ("O", D("0.00"))
    late = [line("3.20", None, CHART.of_sale("interest", "", ""), outside), line("15.00", None, CHART.of_sale("fee", "", ""), outside)]
    booked = sale(note, late, [VatAmount(*outside, D("0.00"))], DECEMBER.last, CHART)
    assert told(booked) == ["400000 P1 D 18.20", "756000 C 3.20 O", "743000 C 15.00 O"]
    assert booked.journal == "debit_notes"


def test_an_sla_credit_on_an_invoice_is_less_income_at_once() -> None:
    reduced = replace(INVOICE, gross=D("26.00"))
    booked = sale(reduced, [line("31.00", NOVEMBER), line("-5.00", None, "700000")], [], OCTOBER.last, CHART)
    assert told(booked) == ["400000 CL-START D 26.00", "493000 C 31.00 S21", "700000 D 5.00 S21"]


def test_an_invoice_over_nothing_has_no_entry() -> None:
    assert sale(replace(INVOICE, gross=D("0.00")), [], [], OCTOBER.last, CHART).entries == ()


def test_a_document_whose_lines_are_not_its_gross_is_refused() -> None:
    with pytest.raises(Unbalanced, match=r"2026-000001 of 2026-10-28: debit and credit differ by 0\.01"):
        sale(replace(INVOICE, gross=D("98.50")), STARTING, [VatAmount(*OF_21, D("17.09"))], OCTOBER.last, CHART)


MONEY = {
    "a payment of one invoice": ("60.00", [Part("invoice", D("60.00"), "P1", "2026-000001")], ["550000 D 60.00", "400000 P1 C 60.00"]),
    "a part of it stays on account": (
        "100.00",
        [Part("invoice", D("98.49"), "P1", "2026-000001"), Part("on_account", D("1.51"), "P1")],
        ["550000 D 100.00", "400000 P1 C 98.49", "460000 P1 C 1.51"],
    ),
    "nobody knows whose it is": ("10.00", [Part("unmatched", D("10.00"))], ["550000 D 10.00", "499000 C 10.00"]),
    "the bank hands a debit back": ("-60.00", [Part("invoice", D("-60.00"), "P1", "2026-000001")], ["550000 C 60.00", "400000 P1 D 60.00"]),
    "charges of the bank": ("-2.50", [Part("aside", D("-2.50"))], ["550000 C 2.50", "499000 D 2.50"]),
    "matched later, after its month was final": (
        "0.00",
        [Part("unmatched", D("-10.00")), Part("invoice", D("10.00"), "P1", "2026-000001")],
        ["499000 D 10.00", "400000 P1 C 10.00"],
    ),
    "matched by hand in the same month": (
        "10.00",
        [Part("unmatched", D("10.00")), Part("unmatched", D("-10.00")), Part("on_account", D("10.00"), "P1")],
        ["550000 D 10.00", "460000 P1 C 10.00"],
    ),
}


@pytest.mark.parametrize(("came", "parts", "entries"), MONEY.values(), ids=MONEY)
def test_money_goes_from_the_bank_to_where_it_belongs(came: str, parts: list[Part], entries: list[str]) -> None:
    assert told(movement("BNK-1", date(2026, 11, 5), D(came), parts, "", "", CHART)) == entries


def test_a_movement_that_is_not_wholly_somewhere_is_refused() -> None:
    with pytest.raises(Unbalanced):
        movement("BNK-1", date(2026, 11, 5), D("10.00"), [Part("unmatched", D("9.99"))], "", "", CHART)


@pytest.mark.parametrize(
    ("means", "account", "journal"),
    [
        pytest.param("bank", "550000", "bank", id="paid, noted by hand"),
        pytest.param("deposits", "488000", "general", id="a deposit set off"),
        pytest.param("write_offs", "642000", "general", id="an amount given up"),
    ],
)
def test_what_settles_an_invoice_without_a_statement(means: str, account: str, journal: str) -> None:
    booked = settlement("PAY-7", date(2026, 12, 1), D("20.00"), "P1", "2026-000001", means, "", CHART)  # type: ignore[arg-type]
    assert told(booked) == [f"{account} D 20.00", "400000 P1 C 20.00"]
    assert booked.journal == journal


def test_unbilled_traffic_is_accrued_on_the_last_day_and_taken_back_on_the_first() -> None:
    accrued = accrual(OCTOBER, {CALLS: D("12.34"), "700210": D("0.00")}, CHART)
    assert (told(accrued), accrued.dated_on) == (["404000 D 12.34", "700110 C 12.34"], date(2026, 10, 31))
    back = taken_back(accrued, NOVEMBER)
    assert (told(back), back.dated_on, back.document) == (["404000 C 12.34", "700110 D 12.34"], date(2026, 11, 1), "REV-2026-10")
    assert set(balances([accrued, back]).values()) == {D("0.00")}


def test_accounts_are_those_of_the_setting_and_else_the_shipped_ones() -> None:
    chart = Chart({"receivables": "400100"}, {"sip_trunking": "701000"})
    assert (chart.of("receivables"), chart.of("vat")) == ("400100", "451000")
    assert chart.of_sale("recurring", "704500", "sip_trunking") == "704500"  # the product's own comes first
    assert chart.of_sale("recurring", "", "sip_trunking") == "701000"
    assert chart.of_sale("recurring", "", "telavox") == "700400"
    assert chart.of_sale("one_off", "", "") == "700000"
    assert [chart.name(account) for account in ("400100", "701000", "700400", "704500")] == [
        "Trade receivables", "Sales: SIP Trunking", "Sales: Telavox", "Sales",
    ]  # fmt: skip


def test_no_two_purposes_share_a_shipped_account() -> None:
    assert len({account for account, _ in SHIPPED.values()}) == len(SHIPPED)


def test_vat_codes_name_category_and_rate() -> None:
    assert [vat_code("S", D("21.00")), vat_code("S", D("6.50")), vat_code("AE", D(0)), vat_code("O", D(0))] == ["S21", "S6.5", "AE", "O"]


@given(st.lists(st.tuples(st.sampled_from("ABCD"), st.decimals(min_value=-999, max_value=999, places=2)), max_size=12))
def test_every_document_that_is_booked_balances(amounts: list[tuple[str, Decimal]]) -> None:
    rest = -sum((amount for _, amount in amounts), D("0.00"))
    booked = booking("general", "X", date(2026, 10, 1), [Side(account, amount) for account, amount in [*amounts, ("E", rest)]])
    assert sum(entry.debit for entry in booked.entries) == sum(entry.credit for entry in booked.entries)
    assert all((entry.debit == 0) != (entry.credit == 0) for entry in booked.entries)
