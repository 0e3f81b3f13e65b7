"""The totals of an invoice."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.invoices import totals
from billing.vat import Treatment

D = Decimal
STANDARD = Treatment("S", D("21.00"))
REVERSE = Treatment("AE", D("0.00"))

lines = st.lists(
    st.tuples(st.decimals("-9999", "99999", places=2), st.sampled_from([STANDARD, REVERSE])), max_size=60
)  # fmt: skip


@pytest.mark.clause("GC-5.1")
def test_vat_is_computed_once_on_the_sum_and_not_per_line() -> None:
    # Three lines of 0.03 would each give 0.01 of VAT (0.0063 up); their sum of 0.09 gives 0.02 (0.0189).
    three = totals([(D("0.03"), STANDARD)] * 3)
    assert (three.net, three.vat, three.gross) == (D("0.09"), D("0.02"), D("0.11"))


@pytest.mark.clause("GC-5.1")
def test_half_a_cent_of_vat_goes_up() -> None:
    # 21 % of 0.50 is 0.105.
    assert totals([(D("0.50"), STANDARD)]).vat == D("0.11")


@pytest.mark.clause("GC-5.1")
def test_each_category_has_its_own_base() -> None:
    both = totals([(D("100.00"), STANDARD), (D("50.00"), REVERSE), (D("1.00"), STANDARD)])
    assert [(total.category, total.base, total.vat) for total in both.by_category] == [
        ("AE", D("50.00"), D("0.00")),
        ("S", D("101.00"), D("21.21")),
    ]


@pytest.mark.clause("GC-5.1")
def test_an_invoice_without_lines_is_zero() -> None:
    nothing = totals([])
    assert (nothing.net, nothing.vat, nothing.gross, nothing.by_category) == (D("0.00"), D("0.00"), D("0.00"), ())


@pytest.mark.clause("GC-5.1")
@given(lines)
def test_the_total_is_the_sum_of_the_lines_and_the_vat(charged: list[tuple[Decimal, Treatment]]) -> None:
    found = totals(charged)
    assert found.net == sum((net for net, _ in charged), D("0.00"))
    assert found.gross == found.net + found.vat
    assert found.vat == sum((total.vat for total in found.by_category), D("0.00"))
    assert found.gross.as_tuple().exponent == -2


@pytest.mark.clause("GC-5.1")
@given(lines, st.randoms())
def test_the_order_of_the_lines_does_not_matter(charged: list[tuple[Decimal, Treatment]], chance: object) -> None:
    shuffled = list(charged)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert totals(shuffled) == totals(charged)
