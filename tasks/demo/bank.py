"""The bank of the demo: on a day it writes a statement of what the customers paid of their open invoices, each in his way.

Most pay in full. One pays a part, one twice, one mistypes the communication, one pays all he owes in one sum; somebody nobody knows pays
too, the bank takes its charges, and of the statement before one payment is handed back.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random

from billing.bank import Movement, Statement, in_order
from billing.communications import digits_of
from billing.money import CENT
from tasks.bank.reading import read_file
from tasks.demo.accounts import account_of
from tasks.demo.bank_layouts import camt_bytes, coda_bytes
from tasks.payments import OpenInvoiceOn

FIRST_BALANCE = Decimal("25000.00")
PAID_SHARE = 0.85
STRANGER = ("BE44000999888845", "Fanfare Sainte-Cécile", Decimal("87.35"))
CHARGES = Decimal("-12.50")
BOUNCES = "MS03"


def write_statement(
    feed: Path, open_invoices: Sequence[OpenInvoiceOn], on: date, *, iban: str, seed: int = 1,
    never_pay: Collection[str] = (), names: Mapping[str, str] | None = None, paid_share: float = PAID_SHARE,
    besides: Sequence[Movement] = (),
) -> Path:
    """Write the statement of a day into `feed`/bank and return where: CODA and CAMT.053 in turn, numbered on from those that are there.

    The same invoices, day and seed give the same bytes. `names` are those of the payers, who pay from an account each; `paid_share` of
    the invoices are paid. `besides` are further movements of the day.
    """
    before = _last_statement(feed, iban)
    theirs = [one for one in open_invoices if one.payer_id not in never_pay]
    chance = Random(f"{seed} bank {on}")
    return _write(feed, before, [*_payments(theirs, paid_share, chance, names or {}, on), *besides, *_bounced(before, on)], on, iban)


def write_payments(feed: Path, movements: Sequence[Movement], on: date, *, iban: str) -> Path:
    """Write a statement of these movements alone, none or more."""
    return _write(feed, _last_statement(feed, iban), movements, on, iban)


def paid_in_full(invoice: OpenInvoiceOn, on: date) -> Movement:
    """The payment of what is open of an invoice, by its communication."""
    return _paid([invoice], invoice.open_amount, on, {})


def batch_credit(message_id: str, amount: Decimal, on: date) -> Movement:
    """What the bank credits of a direct debit file, in one sum."""
    return Movement(1, "", on, on, amount, text=message_id, batch_id=message_id)


def _write(feed: Path, before: Statement | None, made: Sequence[Movement], on: date, iban: str) -> Path:
    number = before.number + 1 if before and before.number and before.to_day.year == on.year else 1
    opening = before.closing if before else FIRST_BALANCE
    movements = tuple(replace(one, seq=seq, bank_reference=f"GK{on:%y%m%d}{seq:05d}") for seq, one in enumerate(made, start=1))
    closing = opening + sum((one.amount for one in movements), Decimal(0))
    statement = Statement(iban, number, on, on, opening, closing, movements, "")
    is_coda = number % 2 == 1
    path = feed / "bank" / f"{on}-{number:03d}.{'cod' if is_coda else 'xml'}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(coda_bytes(statement) if is_coda else camt_bytes(statement))
    return path


def _last_statement(feed: Path, iban: str) -> Statement | None:
    found = [
        statement
        for path in sorted((feed / "bank").glob("*"))
        for statement in read_file(path.name, path.read_bytes(), {iban}).statements
    ]
    return in_order(found)[-1] if found else None


def _payments(owed: Sequence[OpenInvoiceOn], share: float, chance: Random, names: Mapping[str, str], on: date) -> Iterator[Movement]:
    paying = [one for one in sorted(owed, key=lambda one: one.number) if chance.random() < share]
    partly, twice, mistyped, in_the_text = (paying[place].number if place < len(paying) else "" for place in (2, 4, 6, 8))
    together = _several(paying, {partly, twice, mistyped})
    if together:
        yield _paid(together, sum((one.open_amount for one in together), Decimal(0)), on, names)
    for invoice in paying:
        if invoice in together:
            continue
        if invoice.number == partly:
            yield _paid([invoice], (invoice.open_amount / 2).quantize(CENT), on, names)
        elif invoice.number == mistyped:
            digits = digits_of(invoice.structured_reference)
            yield replace(_paid([invoice], invoice.open_amount, on, names), reference="", text=f"{digits[:10]}{digits[11]}{digits[10]}")
        elif invoice.number == in_the_text:
            said = f"facture {invoice.structured_reference} merci"
            yield replace(_paid([invoice], invoice.open_amount, on, names), reference="", text=said)
        else:
            yield _paid([invoice], invoice.open_amount, on, names)
        if invoice.number == twice:
            yield replace(_paid([invoice], invoice.open_amount, on, names), end_to_end_id=f"{invoice.number}-2")
    yield Movement(1, "", on, on, STRANGER[2], STRANGER[0], STRANGER[1], text="don annuel")
    yield Movement(1, "", on, on, CHARGES, text="frais de tenue de compte")


def _several(paying: Sequence[OpenInvoiceOn], others: Collection[str]) -> list[OpenInvoiceOn]:
    """The invoices of the first payer who owes more than one and pays none of them in another way."""
    for invoice in paying:
        theirs = [one for one in paying if one.payer_id == invoice.payer_id]
        if len(theirs) > 1 and not any(one.number in others for one in theirs):
            return theirs
    return []


def _paid(invoices: Sequence[OpenInvoiceOn], amount: Decimal, on: date, names: Mapping[str, str]) -> Movement:
    first = invoices[0]
    alone = len(invoices) == 1
    return Movement(
        1, "", on, on, amount, account_of(first.payer_id), names.get(first.payer_id, f"Client {first.payer_id}"),
        reference=digits_of(first.structured_reference) if alone else "",
        text="" if alone else " ".join(one.structured_reference for one in invoices),
        end_to_end_id=first.number,
    )


def _bounced(before: Statement | None, on: date) -> Iterator[Movement]:
    """The first payment with its communication of the statement before, handed back."""
    paid = [one for one in before.movements if one.amount > 0 and one.reference] if before else []
    for one in paid[:1]:
        yield replace(one, booked_on=on, value_on=on, amount=-one.amount, is_return=True, return_reason=BOUNCES)


__all__ = ["batch_credit", "paid_in_full", "write_payments", "write_statement"]
