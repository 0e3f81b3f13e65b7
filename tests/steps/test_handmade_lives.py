"""The product bills what a head computes from the clauses: the feed as it grows, run by run, to the numbered documents."""

import pytest

from tasks.outside import Outside
from tests.handmade_lives import Life, cases, shown, totals
from tests.lives_that_end import LIVES as ENDING
from tests.lives_that_go_on import LIVES as GOING_ON
from tests.product_runs import Product


@pytest.mark.parametrize("life", cases(ENDING + GOING_ON))
def test_the_product_bills_what_a_head_computes(outside: Outside, life: Life) -> None:
    product = Product(outside, life.book)
    life.perform(product)
    billed = product.bills()
    if life.bills:
        assert shown(life, billed) == sorted(life.bills)
    assert totals(billed, life.totals) == life.totals
