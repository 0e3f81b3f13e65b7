"""Invented operators for hypothesis: a few contracts of both regimes, their counts, prices and letters, and the runs of some months."""

import itertools
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from tests.handmade_lives import CATALOGUE
from tests.plain_contract import Book, Contract, Extra, Grant, Letter, Line, Payer, Price, each_day, end_of_month, months_on

STEADY = date(2024, 1, 1)
Run = tuple[str, str, date]  # close or orders, the month of a close, the day

RECURRING = tuple(product for product in CATALOGUE if product.timing != "at_order")
AT_ORDER = tuple(product for product in CATALOGUE if product.timing == "at_order")


@dataclass(frozen=True, repr=False)
class Invented:
    """An operator and the runs it makes, in the order of their days."""

    book: Book
    runs: tuple[Run, ...]

    def __repr__(self) -> str:
        """As somebody would retell it: what hypothesis prints when the two programs disagree."""
        agreed = [*self.book.payers.values(), *self.book.contracts.values(), *self.book.lines, *self.book.prices]
        told = [*agreed, *self.book.letters, *self.book.extras, *self.book.grants]
        shown = [f"{on}: {', '.join(f'{line} {sorted(of)}' for line, of in lines.items())}" for on, lines in self.book.inventory.items()]
        return "\n".join(str(each) for each in [*told, *shown, *self.runs])


@st.composite
def operators(draw: st.DrawFn, *, at_order: bool = True) -> Invented:
    """A small operator from a first month on that may hold a 29 February, and 4 to 9 months of runs."""
    first = months_on(date(2026, 10, 1), draw(st.integers(0, 18)))
    runs = draw(sequences(first, at_order=at_order))
    last = runs[-1][2]
    book = Book(products={product.product: product for product in CATALOGUE})
    book.payers = {"P1": Payer("P1"), "P2": Payer("P2", *draw(st.sampled_from([("BE", ""), ("LU", "LU99000154")])))}
    book.contracts["C0"] = Contract("C0", "P1", "allocloud", STEADY, STEADY, 60)
    book.lines.append(Line("L0", "C0", "P1", "bt-number", 1, STEADY, Decimal("1.00"), charged_through=end_of_month(first)))
    for number in range(1, draw(st.integers(2, 3)) + 1):
        contract = draw(contracts(f"C{number}", first))
        book.contracts[contract.contract_id] = contract
    for number in range(1, draw(st.integers(3, 5)) + 1):
        book.lines.append(draw(lines(f"L{number}", book, first, last, at_order=at_order)))
    book.prices = [price for product in CATALOGUE for price in draw(prices(product.product, first))]
    book.letters = draw(letters(book, first, last))
    book.extras = draw(extras(book, first, last, at_order=at_order))
    book.grants = draw(grants(book, first, last))
    book.inventory = draw(inventories(book, first, last))
    return Invented(book, runs)


@st.composite
def sequences(draw: st.DrawFn, first: date, *, at_order: bool) -> tuple[Run, ...]:
    """Closes in their order, now and then one left out, made late or made twice; and some orders runs between them."""
    runs: list[Run] = []
    past = first
    for number in range(draw(st.integers(4, 9))):
        month = months_on(first, number)
        how = draw(st.sampled_from(["in time", "in time", "late", "left out", "twice", *["orders first" if at_order else "in time"] * 2]))
        if how == "left out":
            continue
        on = month + timedelta(days=draw(st.integers(28, 40)) if how == "late" else 27)
        on = max(on, past)
        if how == "orders first":
            runs.append(("orders", "", max(past, month + timedelta(days=draw(st.integers(0, 20))))))
        runs += [("close", f"{month:%Y-%m}", on)] * (2 if how == "twice" else 1)
        past = on + timedelta(days=1)
    return tuple(runs) or (("close", f"{first:%Y-%m}", first + timedelta(days=27)),)


@st.composite
def contracts(draw: st.DrawFn, contract_id: str, first: date) -> Contract:
    """Begun some time before the first close, or a little after; in force in time, late or not at all."""
    starts_on = first + timedelta(days=draw(st.sampled_from([-200, -31, -360, 0, 14, 60, -700])) + draw(st.integers(0, 20)))
    late = draw(st.sampled_from([-10, -10, -10, -10, -10, -10, 45, None]))
    return Contract(
        contract_id,
        draw(st.sampled_from(["P1", "P2"])),
        draw(st.sampled_from(["allocloud", "telavox"])),
        starts_on,
        None if late is None else max(starts_on, first) + timedelta(days=late) if late > 0 else starts_on + timedelta(days=late),
        draw(st.sampled_from([24, 12, 6, 3, 0, 24])),
        draw(st.sampled_from([30, 30, 14])),
    )


@st.composite
def lines(draw: st.DrawFn, line_id: str, book: Book, first: date, last: date, *, at_order: bool) -> Line:
    """A line of one of the contracts, taken over from an earlier system where it began long before."""
    contract = book.contracts[draw(st.sampled_from(sorted(book.contracts)[1:]))]
    rare = (RECURRING[-1],) * 4 if contract.terms == "telavox" else AT_ORDER if at_order else ()
    product = draw(st.sampled_from(RECURRING + rare))
    starts_on = contract.starts_on + timedelta(days=draw(st.sampled_from([0, 0, 5, 40, 150])))
    taken_over = end_of_month(first) if product.timing == "advance" else first - timedelta(days=1)
    taken_over -= timedelta(days=draw(st.sampled_from([0, 0, 0, 7])))
    charged_through = taken_over if starts_on < first and draw(st.integers(0, 5)) else None
    if product.timing == "at_order":
        charged_through = None
    ends_on = max(starts_on, first) + timedelta(days=draw(st.integers(10, 250))) if draw(st.integers(0, 5)) == 0 else None
    cents = draw(st.sampled_from([None, 1, 999, 1195, 2997, 3000, 3100])) if draw(st.booleans()) else draw(st.integers(0, 9999))
    fine = draw(st.sampled_from([Decimal(0), Decimal("0.003333"), Decimal("0.005")]))
    return Line(
        line_id,
        contract.contract_id,
        draw(st.sampled_from([contract.payer_id, "E1", "E2"])),
        product.product,
        draw(st.sampled_from([12, 30, 1, 2, 5])),
        starts_on,
        None if cents is None else Decimal(cents) / 100 + fine,
        ends_on,
        draw(st.sampled_from([None, None, None, 12, 3, 1])),
        charged_through,
    )


@st.composite
def prices(draw: st.DrawFn, product: str, first: date) -> list[Price]:
    """A price of old, and perhaps changes, told early, late or not at all."""
    found = [Price(product, date(2020, 1, 1), Decimal(draw(st.integers(100, 5000))) / 100)]
    for number in range(draw(st.sampled_from([0, 0, 1, 2]))):
        since = first + timedelta(days=draw(st.integers(0, 100)) + 110 * number)
        told = draw(st.sampled_from([None, since - timedelta(days=60), since - timedelta(days=10), since + timedelta(days=20)]))
        found.append(Price(product, since, Decimal(draw(st.integers(100, 5000))) / 100, told))
    return found


@st.composite
def inventories(draw: st.DrawFn, book: Book, first: date, last: date) -> dict[date, dict[str, frozenset[str]]]:
    """A snapshot before the first close and one about every month: each line shows some of its elements, or nothing yet."""
    days = [first - timedelta(days=3)]
    while days[-1] < last:
        days.append(days[-1] + timedelta(days=draw(st.sampled_from([25, 31, 60]))))
    counted = [line for line in book.lines if book.product(line).kind not in ("pack", "hardware")]
    found: dict[date, dict[str, frozenset[str]]] = {}
    for on in days:
        shown = {"L0": frozenset({"L0-0"})}  # an inventory always shows something
        for line in counted[1:]:
            how_many = max(0, line.quantity + draw(st.sampled_from([-5, 0, 0, -1, -2, 1, 3, -100])))
            from_number = draw(st.sampled_from([0, 0, 0, 1]))
            if line.starts_on <= on and how_many:
                shown[line.line_id] = frozenset(f"{line.line_id}-{n}" for n in range(from_number, from_number + how_many))
        found[on] = shown
    return found


@st.composite
def letters(draw: st.DrawFn, book: Book, first: date, last: date) -> list[Letter]:
    """Letters that the import takes: each act once for what it ends, the narrower before the wider, none before the start."""
    found: list[Letter] = []
    numbers = itertools.count(1)

    def write(by: str, contract: Contract, since: date, **cells: object) -> None:
        received = draw(st.sampled_from(list(each_day(first, last))))
        asked = draw(st.sampled_from([None, *(received + timedelta(days=n) for n in (5, -20, 0, 17, 31, 90))]))
        if max(received, asked or received) < since or (asked or received) < since:
            asked, received = None, max(received, since)
        noted = received + timedelta(days=draw(st.sampled_from([0, 0, 0, 3, 40])))
        found.append(Letter(f"T{next(numbers)}", contract.contract_id, by, received, asked, noted=noted, **cells))  # type: ignore[arg-type]

    for contract in book.contracts.values():
        of_contract = [line for line in book.lines if line.contract_id == contract.contract_id]
        what = draw(st.sampled_from(["contract", "contract", "line", "both", "breach", "letter and breach", "bankruptcy", "nothing"]))
        by = draw(st.sampled_from(["client", "partner", "operator"]))
        if not of_contract or what == "nothing":
            continue
        if what in ("line", "both"):
            line = draw(st.sampled_from(of_contract))
            write(by, contract, line.starts_on, line_id=line.line_id)
        if what in ("contract", "both", "letter and breach"):
            write(by, contract, contract.starts_on)
            if what == "both" and found[-1].known_from < found[-2].known_from:
                found.pop(-2)
        if what in ("breach", "letter and breach"):
            write("operator", contract, contract.starts_on, breach=True)
        if what == "bankruptcy":
            client = draw(st.sampled_from(of_contract)).end_client_id
            if not any(letter.end_client_id == client for letter in found):
                write("bankruptcy", contract, date.min, end_client_id=client)
    return found


@st.composite
def extras(draw: st.DrawFn, book: Book, first: date, last: date, *, at_order: bool) -> list[Extra]:
    """Charges of their own: misuse, porting out, and goods where there are orders runs to take them."""
    found = []
    for number in range(draw(st.sampled_from([0, 0, 1, 2]))):
        contract = book.contracts[draw(st.sampled_from(sorted(book.contracts)))]
        clients = sorted({line.end_client_id for line in book.lines if line.contract_id == contract.contract_id})
        client = draw(st.sampled_from(["", *clients]))
        product, clause = draw(st.sampled_from([("", "GC-4.5"), ("bt-number", "BT-2.j"), ("bt-phone" if at_order else "", "BT-2.a")]))
        amount = Decimal(draw(st.integers(1, 20000))) / 1000
        own = None if product and draw(st.booleans()) else amount
        on = draw(st.sampled_from(list(each_day(first, last))))
        quantity = draw(st.sampled_from([Decimal(1), Decimal(3), Decimal("1.25")]))
        found.append(Extra(f"X{number}", contract.contract_id, client, on, quantity, own, product, clause))
    return found


@st.composite
def grants(draw: st.DrawFn, book: Book, first: date, last: date) -> list[Grant]:
    """SLA credits, some larger than several invoices."""
    return [
        Grant(
            f"S{number}",
            draw(st.sampled_from(sorted(book.contracts))),
            draw(st.sampled_from(list(each_day(first, last)))),
            Decimal(draw(st.sampled_from([1, 999, 4000, 25000]))) / 100,
        )
        for number in range(draw(st.sampled_from([0, 0, 1, 2])))
    ]
