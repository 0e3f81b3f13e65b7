"""The weeks of the demo between its closes: each Tuesday the bank's statement and dunning; and the partner that pays once suspended."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import sql
from billing.bank import Movement
from billing.period import DAY, Period
from flows.bank_import import bank_import
from flows.demo_decisions import NEVER_PAY, PARTNER_IN_DEFAULT
from flows.direct_debit import direct_debit
from flows.dunning import dunning
from tasks.collecting.receipt import FileMade
from tasks.demo.bank import batch_credit, paid_in_full, write_payments, write_statement
from tasks.demo.casework import DEBITED
from tasks.feed.importing import import_feed
from tasks.outside import Outside
from tasks.payments import OpenInvoiceOn, open_invoices_on
from tasks.suspension.deciding import approve
from tasks.suspension.orders import read_orders

TUESDAY, SATURDAY = 1, 5  # as date.weekday() counts
ON_TIME_SHARE, LATER_SHARE = 0.85, 0.25  # of the open invoices: what is paid in the week most pay in, and in the others
DEBITS_FROM = 21  # of the month: the working days on which debits of its last days are ordered
DAYS_LOOKED_BACK = 31
FINANCE = "finance of the demo"


def tuesdays(period: Period) -> list[date]:
    """The Tuesdays of a period."""
    return [day for day in (period.first + number * DAY for number in range(period.days)) if day.weekday() == TUESDAY]


def week(outside: Outside, feed: Path, on: date, seed: int, *, most_pay: bool) -> Iterator[object]:
    """The week up to a Tuesday before a close: debits are ordered, some pay, the bank's statement is imported, letters go out."""
    import_feed(outside)
    for day in (on - number * DAY for number in reversed(range(5))):
        if day.day >= DEBITS_FROM and day.month == on.month and day.weekday() < SATURDAY:
            yield direct_debit.fn(on=day)
    share = ON_TIME_SHARE if most_pay else LATER_SHARE
    write_statement(
        feed, _open(outside, on), on, iban=outside.settings.seller_iban, seed=seed, never_pay=NEVER_PAY | DEBITED.keys(),
        paid_share=share, besides=_credits(outside, feed, on),
    )  # fmt: skip
    yield bank_import.fn(on=on)
    yield dunning.fn(on=on)


def after_the_last_close(outside: Outside, feed: Path, platform: Path, on: date) -> Iterator[object]:
    """Finance approves what dunning proposed, the platform does it; the partner pays, and its end clients are served again."""
    with outside.engine.connect() as conn:
        waiting = [order.row.order_no for order in read_orders(conn) if order.row.state == "proposed"]
    for order_no in waiting:
        yield approve(outside.engine, order_no, by=FINANCE, on=on)
    nobody, partner, nobody_again = tuesdays(Period(on, on + timedelta(days=21)))
    for day in (nobody, partner, nobody_again):
        paying = [one for one in _open(outside, day) if day == partner and one.payer_id == PARTNER_IN_DEFAULT]
        made = [paid_in_full(one, day) for one in paying] + _credits(outside, feed, day)
        write_payments(feed, made, day, iban=outside.settings.seller_iban)
        yield bank_import.fn(on=day)
        yield dunning.fn(on=day)
        _acknowledge(platform, day + DAY)


def _open(outside: Outside, on: date) -> list[OpenInvoiceOn]:
    with outside.engine.connect() as conn:
        return open_invoices_on(conn, on)


def _credits(outside: Outside, feed: Path, on: date) -> list[Movement]:
    return [batch_credit(file.message_id, file.amount, on) for file in _debited(outside, feed, on)]


def _debited(outside: Outside, feed: Path, on: date) -> list[FileMade]:
    """The files whose debits the bank made since its last statement."""
    last = max((date.fromisoformat(path.name[:10]) for path in (feed / "bank").glob("*")), default=date.min)
    with outside.engine.connect() as conn:
        made = [
            file for number in range(DAYS_LOOKED_BACK) for file in sql.rows(conn, FileMade, "collecting/of_day", made_on=on - number * DAY)
        ]
    return [file for file in made if last < file.collected_on <= on]


def _acknowledge(platform: Path, effective_on: date) -> None:
    """The platform does what it was asked and says from when."""
    for order in sorted(platform.glob("order-*.json")):
        answer = order.with_name(order.name.removesuffix(".json") + ".ack.json")
        if not order.name.endswith(".ack.json") and not answer.exists():
            answer.write_text(json.dumps({"effective_on": effective_on.isoformat()}), encoding="utf-8")


__all__ = ["after_the_last_close", "tuesdays", "week"]
