"""The plain re-computation gives what a head computes from the clauses, so that it may judge the product."""

import pytest

from tests.handmade_lives import Life, cases, shown, totals
from tests.lives_that_end import LIVES as ENDING
from tests.lives_that_go_on import LIVES as GOING_ON
from tests.plain_bills import Books


@pytest.mark.parametrize("life", cases(ENDING + GOING_ON))
def test_the_plain_re_computation_bills_what_a_head_computes(life: Life) -> None:
    books = Books(life.book)
    life.perform(books)
    if life.bills:
        assert shown(life, books.bills) == sorted(life.bills)
    assert totals(books.bills, life.totals) == life.totals
