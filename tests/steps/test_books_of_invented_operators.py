"""Whatever is sold, ended, refunded, credited and paid in up to nine months: the accounts tie at the end of every one of them."""

import os
import random
import tempfile
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from sqlalchemy import URL

from billing.period import DAY, Period
from tasks.books import write_month
from tasks.database import connect
from tasks.feed.importing import import_feed
from tasks.outside import Outside
from tasks.payments import pay
from tasks.settings import read_settings
from tasks.store import Store
from tasks.write_off import write_off
from tests.databases import create_database
from tests.invented_books import Invented, operators
from tests.product_runs import write_feed
from tests.steps.books_scene import BooksScene, balances, documents_that_do_not_balance

ASKED = os.environ.get("CONTRACT_EXAMPLES")
D = Decimal


def settle_some(scene: BooksScene, chance: random.Random) -> None:
    """Half of the invoices are paid, a part of them or all, a few given up, some days after their issue."""
    open_ones = scene.say(
        "select i.number, i.issued_on, i.gross + coalesce((select sum(n.gross) from invoice n where n.credits_invoice_id = i.invoice_id"
        " and n.number is not null), 0) - coalesce((select sum(amount) from payment p where p.invoice_id = i.invoice_id), 0)"
        " from invoice i where i.kind = 'invoice' and i.number is not null order by i.number"
    )
    for number, issued_on, left in open_ones:
        assert isinstance(issued_on, date)
        assert isinstance(left, Decimal)
        how, on = chance.choice(("pay", "pay a part", "give up", "wait", "wait")), issued_on + timedelta(days=chance.randint(0, 70))
        if left <= 0 or how == "wait":
            continue
        amount = (left / 3).quantize(D("0.01")) or left
        if how == "give up":
            write_off(scene.outside.engine, str(number), amount, on=on, by="An", reason="small")
        else:
            pay(scene.outside.engine, str(number), left if how == "pay" else amount, on)


def months_to_book(scene: BooksScene) -> list[Period]:
    """From the first document to two months after the last, and after the last payment."""
    ((first, last),) = scene.say(
        "select min(issued_on), greatest(max(issued_on) + 60, (select max(paid_on) from payment)) from invoice where number is not null"
    )
    assert isinstance(first, date)
    assert isinstance(last, date)
    months = [Period.month_of(first)]
    while months[-1].past <= last:
        months.append(months[-1].next_month())
    return months


def require_ties(scene: BooksScene, invented: Invented) -> None:
    """Every month closed in its order; at the end of each, the accounts are what is computed from the ledger alone."""
    books = []
    ((last_close,),) = scene.say("select max(period) from run where kind = 'close'")
    for month in months_to_book(scene):
        if isinstance(last_close, date) and month.first <= last_close:
            scene.final(f"{month}", month.past)
        else:
            write_month(scene.outside, month)
        books.append(scene.journal(f"{month}"))
        assert documents_that_do_not_balance(books[-1]) == []
        found = balances(*books)
        assert found.get("400000", D(0)) == scene.owed(month.last), (month, invented)
        assert -found.get("451000", D(0)) == scene.vat(month.last), (month, invented)
        assert -found.get("493000", D(0)) == scene.not_passed(month.last), (month, invented)
        ((paid, lost),) = scene.say(
            "select coalesce(sum(amount) filter (where write_off_no is null), 0), coalesce(sum(amount) filter (where write_off_no > 0), 0)"
            " from payment where paid_on <= :day",
            day=month.past - DAY,
        )
        assert (found.get("550000", D(0)), found.get("642000", D(0))) == (paid, lost)


@pytest.mark.clause("BT-2.b", "GC-5.2", "GC-13.2")
@settings(
    max_examples=int(ASKED or 2),
    deadline=None,
    derandomize=ASKED is None,
    database=None,
    phases=[Phase.generate] if ASKED is None else list(Phase),
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
@given(invented=operators())
def test_the_accounts_tie_at_the_end_of_every_month(server: URL, invented: Invented) -> None:
    url = create_database(server)
    engine = connect(url)
    try:
        with tempfile.TemporaryDirectory() as folder:
            here = Path(folder)
            of_test = read_settings(
                database_url=url.render_as_string(hide_password=False), state=here / "state", feed=str(here / "feed"), out=str(here / "out")
            )
            outside = Outside(of_test, engine, Store(of_test.out))
            scene, chance = BooksScene(outside), random.Random(len(repr(invented)))
            for kind, month, on in invented.runs:
                write_feed(invented.book, here / "feed", on)
                import_feed(outside)
                scene.close(month, on) if kind == "close" else scene.orders(on)
                settle_some(scene, chance)
            if scene.say("select count(*) from invoice where number is not null") != [(0,)]:
                require_ties(scene, invented)
    finally:
        engine.dispose()
