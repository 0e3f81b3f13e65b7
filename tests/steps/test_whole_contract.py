"""For any sequence of starts, counts, letters and closes the product bills what the plain re-computation from the clauses gives.

20 invented operators in every run of the tests, the same each time; `CONTRACT_EXAMPLES=2000` makes it look further, and find the
smallest that differs.
"""

import os
import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from sqlalchemy import URL

from tasks.database import connect
from tasks.outside import Outside
from tasks.settings import read_settings
from tasks.store import Store
from tests.databases import create_database
from tests.invented_books import Invented, operators
from tests.plain_bills import Books
from tests.plain_invoices import Bill, prepaid_joined
from tests.product_runs import Product

ASKED = os.environ.get("CONTRACT_EXAMPLES")


def words(invented: Invented, bills: list[Bill]) -> list[str]:
    """Every bill that is not for nothing, in order."""
    return sorted(
        f"{bill.run}: {bill.payer_id} {bill.contract_id} {bill.end_client_id} {bill.line_id} {bill.product} {bill.charge}"
        f" {bill.first}..{bill.last} {bill.quantity.normalize():f} x {bill.unit_price:.6f} = {bill.net:.2f}"
        for bill in prepaid_joined(bills, invented.book.prepaid)
        if bill.net
    )


def sums(books: Books) -> dict[tuple[str, str, int], tuple[Decimal, Decimal, Decimal, Decimal]]:
    return {
        (one.run, one.payer_id, one.payment_days): (one.net, one.vat, one.net_credited, one.vat_credited)
        for one in books.invoices.made
        if one.net
    }


def perform(runs: object, invented: Invented) -> None:
    for kind, month, on in invented.runs:
        runs.close(month, on) if kind == "close" else runs.orders(on)  # type: ignore[attr-defined]


@pytest.mark.clause("BT-2.b", "BT-2.h", "CG-3.b", "CG-3.c", "CG-3.d", "CG-3.e", "GC-11.2", "GC-13.2", "GC-13.3")
@settings(
    max_examples=int(ASKED or 20),
    deadline=None,
    derandomize=ASKED is None,
    database=None,
    phases=[Phase.generate] if ASKED is None else list(Phase),
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
@given(invented=operators())
def test_the_product_bills_what_the_clauses_give_line_by_line_and_run_by_run(server: URL, invented: Invented) -> None:
    books = Books(invented.book)
    perform(books, invented)
    url = create_database(server)
    engine = connect(url)
    try:
        with tempfile.TemporaryDirectory() as folder:
            here = Path(folder)
            of_test = read_settings(
                database_url=url.render_as_string(hide_password=False), state=here / "state", feed=str(here / "feed"), out=str(here / "out")
            )
            product = Product(Outside(of_test, engine, Store(of_test.out)), invented.book)
            perform(product, invented)
            assert words(invented, product.bills()) == words(invented, books.bills)
            assert {key: found for key, found in product.vat_by_invoice().items() if found[0]} == sums(books)
    finally:
        engine.dispose()
