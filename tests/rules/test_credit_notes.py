"""Cases and invariants of credit notes: never more than is left of a line, and the VAT of an invoice taken back to the cent."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.credit_notes import (
    Asked,
    ChargedDays,
    CreditRefused,
    IssuedLine,
    Refund,
    RefundedDays,
    credit,
    refunded,
    wanted,
)
from billing.invoices import totals
from billing.period import Period
from billing.vat import Treatment

D = Decimal
ZERO = D("0.00")


def line(seq: int, net: str, credited: str = "0.00", category: str = "S", rate: str = "21.00") -> IssuedLine:
    return IssuedLine(seq, D(net), D(credited), category, D(rate))


# An invoice of three users at 31.00, calls of 1.39 and an SLA credit of 10.00 used up on it; 40.00 of the first line was credited before.
INVOICE = [line(1, "93.00", "40.00"), line(2, "1.39"), line(3, "-10.00")]


@pytest.mark.clause("GC-5.1")
@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param(
            Asked(), {1: D("53.00"), 2: D("1.39"), 3: D("-10.00")}, id="the whole invoice: all that is left, an SLA credit the other way"
        ),
        pytest.param(Asked((2,)), {2: D("1.39")}, id="a line: all that is left of it"),
        pytest.param(Asked((2, 1, 2)), {1: D("53.00"), 2: D("1.39")}, id="a line named twice is taken once"),
        pytest.param(Asked((1,), D("53")), {1: D("53.00")}, id="an amount: all but the last cent is not too much"),
        pytest.param(Asked((1,), D("0.01")), {1: D("0.01")}, id="an amount: a cent"),
    ],
)
def test_what_is_taken(asked: Asked, expected: dict[int, Decimal]) -> None:
    assert wanted(INVOICE, asked) == expected


@pytest.mark.clause("GC-5.1")
@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        pytest.param(
            Asked((1,), D("53.01")), "53.01 EUR is more than the 53.00 EUR left of line 1; credit at most that", id="a cent too much"
        ),
        pytest.param(Asked((1,), D("0.005")), "0.005 EUR has parts of a cent; give two decimals", id="half a cent"),
        pytest.param(Asked((1,), D("-1")), "-1 EUR cannot be credited; give an amount above 0.00", id="a negative amount"),
        pytest.param(Asked((1,), D("NaN")), "NaN EUR cannot be credited; give an amount above 0.00", id="no number"),
        pytest.param(Asked((4,)), "there is no line 4; the invoice has lines 1 to 3", id="a line the invoice does not have"),
        pytest.param(
            Asked((3,)), "line 3 is itself a credit of 10.00 EUR; it goes back with the whole invoice only", id="the SLA credit alone"
        ),
    ],
)
def test_what_is_refused(asked: Asked, reason: str) -> None:
    with pytest.raises(CreditRefused) as refused:
        wanted(INVOICE, asked)
    assert str(refused.value) == reason


@pytest.mark.clause("GC-5.1")
@pytest.mark.parametrize("asked", [Asked(), Asked((1,)), Asked((1,), D("0.01"))], ids=["whole", "the line", "a cent of the line"])
def test_nothing_is_credited_twice(asked: Asked) -> None:
    with pytest.raises(CreditRefused, match=r"nothing is left of (line 1|the invoice)"):
        wanted([line(1, "31.00", "31.00")], asked)


@pytest.mark.clause("GC-5.1")
def test_the_vat_is_what_the_vat_of_the_rest_falls_by() -> None:
    # 0.05 at 21 % is 0.0105: a cent. Two cents taken leave 0.03, of which the VAT is still a cent; the next one takes it.
    lines = [line(1, "0.05")]
    first = credit(lines, {1: D("0.02")})  # 0.05 -> 0.03: 0.01 -> 0.01
    assert (first.totals.net, first.totals.vat, first.totals.gross) == (D("-0.02"), ZERO, D("-0.02"))
    second = credit([line(1, "0.05", "0.02")], {1: D("0.01")})  # 0.03 -> 0.02: 0.01 -> 0.00
    assert (second.totals.net, second.totals.vat) == (D("-0.01"), D("-0.01"))


@pytest.mark.clause("GC-5.1")
def test_vat_goes_back_by_category_and_rate() -> None:
    lines = [line(1, "100.00"), line(2, "50.00", category="O", rate="0.00")]
    made = credit(lines, {1: D("100.00"), 2: D("50.00")})
    assert [(t.category, t.base, t.vat) for t in made.totals.by_category] == [("O", D("-50.00"), ZERO), ("S", D("-100.00"), D("-21.00"))]


@pytest.mark.clause("GC-10.5")
def test_an_sla_credit_used_up_on_the_invoice_goes_back_with_it() -> None:
    made = credit(INVOICE, wanted(INVOICE, Asked()))
    assert [each.net for each in made.lines] == [D("-53.00"), D("-1.39"), D("10.00")]
    assert made.totals.net == D("-44.39")


AMOUNTS = st.integers(min_value=1, max_value=50_000).map(lambda cents: D(cents).scaleb(-2))


@pytest.mark.clause("GC-5.1")
@given(nets=st.lists(st.tuples(AMOUNTS, st.sampled_from(["S", "O"])), min_size=1, max_size=5), data=st.data())
def test_crediting_in_any_parts_takes_back_the_invoice_and_its_vat_to_the_cent(
    nets: list[tuple[Decimal, str]], data: st.DataObject
) -> None:
    rates = {"S": D("21.00"), "O": ZERO}
    issued = totals([(net, Treatment(category, rates[category])) for net, category in nets])  # type: ignore[arg-type]
    credited = [ZERO] * len(nets)
    net, vat = ZERO, ZERO

    def lines() -> list[IssuedLine]:
        return [IssuedLine(seq, n, credited[seq - 1], c, rates[c]) for seq, (n, c) in enumerate(nets, start=1)]

    while any(each.left for each in lines()):
        left = [each for each in lines() if each.left]
        one = data.draw(st.sampled_from(left))
        cents = data.draw(st.one_of(st.just(int(one.left * 100)), st.integers(1, int(one.left * 100))))
        made = credit(lines(), wanted(lines(), Asked((one.line_seq,), D(cents).scaleb(-2))))
        assert made.totals.gross == made.totals.net + made.totals.vat
        assert made.totals.vat <= 0
        credited[one.line_seq - 1] += D(cents).scaleb(-2)
        net, vat = net + made.totals.net, vat + made.totals.vat
        if len(left) > 3:
            credited_now = [each for each in lines() if each.left]
            if credited_now:
                made = credit(lines(), wanted(lines(), Asked(tuple(each.line_seq for each in credited_now))))
                net, vat = net + made.totals.net, vat + made.totals.vat
                credited = [n for n, _ in nets]
    assert (-net, -vat) == (issued.net, issued.vat)


OCTOBER = Period.month("2026-10")
NOVEMBER = Period.month("2026-11")


def charged(seq: int, days: Period, net: str, credited: str = "0.00", line_id: str = "L-TLX") -> ChargedDays:
    return ChargedDays(line(seq, net, credited), line_id, days)


def refund(first: date, past: date, net: str) -> Refund:
    return Refund("L-TLX", Period(first, past), D(net), "GC-13.2")


@pytest.mark.clause("GC-13.2")
def test_a_refund_is_taken_of_the_line_that_charged_its_days() -> None:
    lines = [charged(1, OCTOBER, "80.00"), charged(2, NOVEMBER, "80.00"), charged(3, NOVEMBER, "20.00", line_id="L-OTHER")]
    found = refunded([refund(date(2026, 11, 16), date(2026, 12, 1), "40.00")], lines)
    assert found == [RefundedDays(2, Period(date(2026, 11, 16), date(2026, 12, 1)), D("40.00"), "GC-13.2")]


@pytest.mark.clause("GC-13.2")
def test_a_refund_over_two_lines_is_shared_by_days_and_no_cent_is_lost() -> None:
    lines = [charged(1, OCTOBER, "31.00"), charged(2, NOVEMBER, "30.00")]
    found = refunded([refund(date(2026, 10, 30), date(2026, 12, 1), "31.97")], lines)  # 2 and 30 of 32 days: 1.998 and 29.972
    assert [(each.line_seq, each.days.days, each.net) for each in found] == [(1, 2, D("2.00")), (2, 30, D("29.97"))]


@pytest.mark.clause("GC-13.2")
def test_a_refund_gives_back_no_more_than_earlier_credit_notes_left() -> None:
    found = refunded([refund(date(2026, 11, 16), date(2026, 12, 1), "40.00")], [charged(1, NOVEMBER, "80.00", credited="55.00")])
    assert [each.net for each in found] == [D("25.00")]
    assert refunded([refund(date(2026, 11, 16), date(2026, 12, 1), "40.00")], [charged(1, NOVEMBER, "80.00", credited="80.00")]) == []
