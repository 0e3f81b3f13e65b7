"""How a payer is taxed: Belgian rate, reverse charge, or outside the scope."""

from datetime import date
from decimal import Decimal

import pytest

from billing.vat import STANDARD_RATES, DatedRate, standard_rate, treatment

CLOSE = date(2026, 10, 28)


@pytest.mark.clause("GC-5.1")
@pytest.mark.parametrize(
    ("country", "vat_number", "category", "rate"),
    [
        ("BE", "BE0123456749", "S", "21.00"),
        ("BE", "", "S", "21.00"),  # a Belgian without a number
        ("BE", "LU99000154", "S", "21.00"),  # established here, whatever else it has
        ("LU", "LU99000154", "AE", "0.00"),
        ("FR", "fr 83.404.833.048", "AE", "0.00"),  # as people write it
        ("GR", "EL094014201", "AE", "0.00"),  # Greece writes EL
        ("FR", "", "S", "21.00"),  # a private person in France
        ("FR", "FR", "S", "21.00"),  # a prefix is no number
        ("FR", "BE0123456749", "S", "21.00"),  # not of another member state
        ("CH", "", "O", "0.00"),
        ("GB", "GB123456789", "O", "0.00"),
        ("US", "", "O", "0.00"),
    ],
)
def test_a_payer_is_taxed(country: str, vat_number: str, category: str, rate: str) -> None:
    found = treatment(country, vat_number, CLOSE)
    assert (found.category, str(found.rate)) == (category, rate)


@pytest.mark.clause("GC-5.1")
def test_the_rate_is_that_of_the_day_of_the_invoice() -> None:
    raised = (*STANDARD_RATES, DatedRate(date(2027, 7, 1), Decimal("22.00"), "a law to come"))
    assert standard_rate(date(2027, 6, 30), raised) == Decimal(21)
    assert standard_rate(date(2027, 7, 1), raised) == Decimal(22)


@pytest.mark.clause("GC-5.1")
def test_a_day_before_the_first_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="no standard rate of VAT is known for 1995-12-31"):
        standard_rate(date(1995, 12, 31))
