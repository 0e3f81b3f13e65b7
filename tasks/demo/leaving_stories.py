"""The stories of customers who leave, are suspended, are owed something, or travel."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from itertools import pairwise

from tasks.demo.book import Book
from tasks.demo.months import add_months
from tasks.demo.services import business_telephony, telavox

LEAVING_STORIES: dict[str, str] = {
    "PA01-E02": "end client behind a partner, bankrupt: nothing is charged from the day of the proof (CG-3.e)",
    "CL028": "24 months from March of the year before, leaves in the last month: four months of balance, 573.60 (CG-3.d)",
    "CL029": "ends its recording licences alone, ten months into the term: their balance (CG-3.d)",
    "CL030": "Telavox past its term, ended on the 12th of the last month: 23.29 given back by credit note (GC-13.2)",
    "CL031": "the same with 9.19 to give back: under 10 EUR nothing is refunded (GC-13.2)",
    "CL032": "Telavox, ended by the operator after a breach: the fees of the rest of the term (GC-13.3); its deposit is set off (GC-5.3)",
    "CL033": "on minimum service since the middle month: charged on, calls held, proposed for an end (BT-2.k, GC-5.5, GC-12.2.a)",
    "CL034": "Telavox mobiles that are hardly ever at home: past the roaming limit, outside the Union, fair use (GC-6.1 to GC-6.3)",
    "CL035": "left after its term with an SLA credit not used up: payout list (GC-10.5)",
    "CL036": "a deposit received and given back (GC-5.3)",
}

BANKRUPT = "PA01-E02"
PROVEN_ON = 8     # of the last month
SUPPORT_PRICE_BELOW_FLOOR = Decimal("15.00")


def _since(book: Book, months: int) -> date:
    return add_months(book.calendar.first_day, -months)


def _leaves_early(book: Book, client_id: str) -> None:
    starts_on = add_months(book.calendar.in_last_month(1), -19)
    contract_id = book.contract(client_id, starts_on)
    line_id = book.line(contract_id, client_id, "bt-user", 12, starts_on, unit_price=Decimal("11.95"))
    book.line(contract_id, client_id, "bt-number", 5, starts_on)
    numbers = tuple(element.element_id for element in book.elements if element.line_id.startswith(f"{client_id}-number"))
    book.calls(line_id, numbers, shape="office")


def _ends_one_line(book: Book, client_id: str) -> None:
    starts_on = _since(book, 8)
    contract_id = book.contract(client_id, starts_on)
    business_telephony(book, contract_id, client_id, 7, starts_on)
    line_id = book.line(contract_id, client_id, "bt-recording", 3, starts_on, suffix="recording-left")
    book.remove(line_id, 3, book.calendar.in_last_month(1))


def _support_in_advance(quantity: int, unit_price: Decimal | None) -> Callable[[Book, str], None]:
    def story(book: Book, client_id: str) -> None:
        starts_on = _since(book, 30)
        contract_id = book.contract(client_id, starts_on, terms="telavox")
        telavox(book, contract_id, client_id, 3, 0, starts_on)
        book.line(contract_id, client_id, "tlx-support", quantity, starts_on, suffix="tlx-support", unit_price=unit_price)
        book.leave(client_id, book.calendar.in_last_month(12))
    return story


def _breach(book: Book, client_id: str) -> None:
    starts_on = _since(book, 10)
    contract_id = book.contract(client_id, starts_on, terms="telavox", deposit=Decimal("400.00"))
    telavox(book, contract_id, client_id, 6, 0, starts_on)
    book.leave(client_id, book.calendar.in_last_month(14))


def _on_minimum_service(book: Book, client_id: str) -> None:
    starts_on = _since(book, 9)
    business_telephony(book, book.contract(client_id, starts_on), client_id, 4, starts_on, busy=0.15)


def _travellers(book: Book, client_id: str) -> None:
    """Two mobiles abroad nearly all the time, one always, and a line whose three cards follow one another: the signs of GC-6.1."""
    starts_on = _since(book, 7)
    contract_id = book.contract(client_id, starts_on, terms="telavox")
    mobiles = book.line(contract_id, client_id, "tlx-mobile", 3, starts_on)
    shared = book.line(contract_id, client_id, "tlx-mobile", 1, starts_on, suffix="mobile-shared")
    book.line(contract_id, client_id, "tlx-bundle-s", 4, starts_on)
    book.calls(mobiles, ("+32468100011", "+32468100012"), shape="office", busy=0.8, mobile=True, abroad=0.92)
    book.calls(mobiles, ("+32468100013",), shape="office", busy=0.4, mobile=True, abroad=1.0)
    swaps = (None, book.calendar.in_middle_month(1), book.calendar.in_last_month(1), None)
    for card, (first, past) in enumerate(pairwise(swaps), 1):
        book.calls(shared, (f"+3246810002{card}",), shape="office", mobile=True, abroad=0.9, first=first, past=past)


def _left_with_a_credit(book: Book, client_id: str) -> None:
    starts_on = _since(book, 28)
    contract_id = book.contract(client_id, starts_on)
    business_telephony(book, contract_id, client_id, 5, starts_on, busy=0.5)
    book.leave(client_id, book.calendar.in_middle_month(30))


def _deposit_given_back(book: Book, client_id: str) -> None:
    starts_on = _since(book, 6)
    contract_id = book.contract(client_id, starts_on, terms="telavox", deposit=Decimal("300.00"))
    telavox(book, contract_id, client_id, 4, 0, starts_on)


LEAVING_TELLERS: dict[str, Callable[[Book, str], None]] = {
    "CL028": _leaves_early, "CL029": _ends_one_line, "CL030": _support_in_advance(2, None),
    "CL031": _support_in_advance(1, SUPPORT_PRICE_BELOW_FLOOR), "CL032": _breach, "CL033": _on_minimum_service, "CL034": _travellers,
    "CL035": _left_with_a_credit, "CL036": _deposit_given_back,
}
