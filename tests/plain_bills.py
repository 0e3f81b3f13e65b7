"""What each close and each orders run must bill, by walking every day of every line: is this day owed, for what, at which price?

Nothing of the product is imported. `Books` remembers from run to run what was charged, day by day.

    books = Books(book)
    books.close("2026-10", date(2026, 10, 28))
    books.bills      # every line ever billed, with what was given back
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from tests.plain_contract import (
    ONCE,
    ONE_DAY,
    Book,
    End,
    Line,
    Unpriced,
    cents,
    each_day,
    end_of_month,
    length_of_month,
    months_on,
)
from tests.plain_invoices import Bill, Invoices

Found = list[tuple[int, Bill]]  # with the days to pay it
AT_ORDER = ("hardware", "activation", "installation")


@dataclass
class Day:
    """A day of a line that was charged: by which run, for service or as balance, how many, at what price."""

    run: str
    run_on: date
    balance: bool
    quantity: int
    price: Decimal
    given_back: bool = False


@dataclass
class Books:
    """What the operator remembers."""

    book: Book
    renewal_lead_days: int = 14
    days: dict[str, dict[date, Day]] = field(default_factory=lambda: defaultdict(dict))
    quantities: dict[str, list[tuple[date, int]]] = field(default_factory=lambda: defaultdict(list))
    runs: set[str] = field(default_factory=set)
    refunds_judged: set[tuple[str, str]] = field(default_factory=set)
    once: set[str] = field(default_factory=set)
    last_orders: date | None = None

    def __post_init__(self) -> None:
        self.invoices = Invoices(self.book)

    def know(self, book: Book) -> None:
        """Goes on with what is known since."""
        self.book = self.invoices.book = book

    @property
    def bills(self) -> list[Bill]:
        return self.invoices.bills

    # The close

    def close(self, month: str, on: date, usage: Iterable[tuple[int, Bill]] = ()) -> None:
        """Everything a close bills: what service there was, what is due after an end, what is given back. A second time: nothing.

        `usage` is what the calls come to, computed elsewhere.
        """
        run, first = f"close {month}", date.fromisoformat(f"{month}-01")
        if run in self.runs:
            return
        self.runs.add(run)
        found: Found = list(usage)
        for line in self.recurring():
            if self.book.is_billed(line.contract_id, on):
                reach = end_of_month(first)
                if self.book.product(line).timing == "advance":
                    reach = end_of_month(reach + ONE_DAY)
                end = self.end(line, on)
                found += self.service(line, run, first, on, reach, end)
                found += self.balance(line, run, on, reach, end)
        self.invoices.make(run, on, found + self.extras(run, on, at_order=False))
        self.give_back(run, on)
        for contract_id in self.book.contracts:
            lines = [line for line in self.book.lines if line.contract_id == contract_id]
            if lines and all(self.is_over(line, on) for line in lines):
                self.invoices.pay_out(contract_id, on)

    def recurring(self) -> Iterable[Line]:
        for line in self.book.lines:
            product = self.book.product(line)
            if product.timing in ("advance", "arrears") and product.kind not in (*ONCE, "usage"):
                yield line

    def end(self, line: Line, on: date) -> End | None:
        charged = [(day, found.run_on) for day, found in self.days[line.line_id].items() if not found.balance]
        return self.book.end(line, on, charged)

    def service(self, line: Line, run: str, month: date, on: date, reach: date, end: End | None) -> Found:
        """Every day of service up to the reach of the close that nobody charged yet, whole months whole and parts by the day."""
        if line.starts_on > on:
            return []
        owed = [day for day in each_day(line.starts_on, reach) if is_served(line, day, end) and day not in self.days[line.line_id]]
        if not owed:
            return []
        seen_on = min([on, *(last for last in (line.ends_on, end.last if end else None) if last is not None)])
        quantity = self.book.quantity(line, month, seen_on, owed[0], self.quantities[line.line_id])
        self.quantities[line.line_id].append((month, quantity))
        found = []
        for part in runs_of_days(owed):
            whole = len(part) == length_of_month(part[0])
            price = self.book.price(line, part[0])
            found.append(self.charge(line, run, on, part, "recurring" if whole else "pro_rata", quantity, price))
        return self.payable(line, found)

    def balance(self, line: Line, run: str, on: date, reach: date, end: End | None) -> Found:
        """CG-3.d, GC-13.3: once the close reaches past the end every day from it to the end of the term, as the line was last charged."""
        if end is None or end.due_to is None or reach <= end.last or self.book.product(line).kind == "national_number":
            return []
        due = [day for day in each_day(end.last + ONE_DAY, end.due_to) if day >= line.starts_on and day not in self.days[line.line_id]]
        due = [day for day in due if (line.ends_on or day) >= day > (line.charged_through or day - ONE_DAY)]
        before = {day: charged for day, charged in self.days[line.line_id].items() if charged.run != run and not charged.balance}
        quantity = before[max(before)].quantity if before else line.quantity
        found = []
        for part in runs_of_days(due):
            price = before[max(before)].price if before else self.book.price(line, due[0])
            found.append(self.charge(line, run, on, part, "balance", quantity, price))
        return self.payable(line, found)

    def charge(self, line: Line, run: str, on: date, part: list[date], charge: str, quantity: int, price: Decimal) -> Bill:
        for day in part:
            self.days[line.line_id][day] = Day(run, on, charge == "balance", quantity, price)
        return self.bill(line, run, charge, part, quantity, price, share(quantity * price, len(part), part[0]))

    def bill(self, line: Line, run: str, charge: str, part: list[date], quantity: int, price: Decimal, net: Decimal) -> Bill:
        of = (price, line.contract_id, line.end_client_id, line.product)
        return Bill(run, self.book.contract(line).payer_id, line.line_id, charge, part[0], part[-1], Decimal(quantity), net, *of)

    def payable(self, line: Line, bills: list[Bill]) -> Found:
        """What stands on an invoice: not the days at which nothing was counted."""
        return [(self.book.contract(line).payment_days, bill) for bill in bills if bill.quantity]

    def is_over(self, line: Line, on: date) -> bool:
        """Whether the line has ended by a day and is billed to its last."""
        if self.book.product(line).kind in ONCE:
            return line.starts_on <= on and (line.line_id in self.once or line.charged_through is not None or line.quantity == 0)
        end = self.end(line, on)
        lasts = [last for last in (line.ends_on, end.last if end else None) if last is not None]
        if not lasts or min(lasts) > on:
            return False
        return all(day in self.days[line.line_id] for day in each_day(line.starts_on, min(lasts)) if is_served(line, day, end))

    # What is given back (GC-13.2)

    def give_back(self, run: str, on: date) -> None:
        """The days charged after an end, unless the breach was the client's or a letter gives back less than 10.00 in all."""
        by_letter: dict[str, list[tuple[Line, str, Bill]]] = defaultdict(list)
        for line in self.recurring():
            end = self.end(line, on)
            if end is None or not end.gives_back or (end.letter.letter_id, line.line_id) in self.refunds_judged:
                continue
            paid = self.days[line.line_id]
            after = [day for day in sorted(paid) if day > end.last and not paid[day].balance and not paid[day].given_back]
            if after:
                by_letter[end.letter.letter_id] += self.refunds(line, run, after)
                self.refunds_judged.add((end.letter.letter_id, line.line_id))
        for refunds in by_letter.values():
            if sum(bill.net for _, _, bill in refunds) <= Decimal("-10.00"):
                for line, charged_by, bill in refunds:
                    self.invoices.credit(charged_by, self.book.contract(line).payment_days, bill)
                    for day in each_day(bill.first, bill.last):
                        self.days[line.line_id][day].given_back = True

    def refunds(self, line: Line, run: str, after: list[date]) -> Iterable[tuple[Line, str, Bill]]:
        paid = self.days[line.line_id]
        for part in runs_of_days(after, lambda day: paid[day].run):
            day = paid[part[0]]
            net = share(day.quantity * day.price, len(part), part[0])
            yield line, day.run, self.bill(line, run, "refund", part, day.quantity, day.price, -net)

    # Orders (BT-2.a, WM-2) and charges of their own (GC-4.5, BT-2.j)

    def orders(self, on: date) -> None:
        """Goods once, prepaid subscriptions for their term and again before each renewal; all due on receipt."""
        run = f"orders {on}"
        if run in self.runs:
            return
        self.runs.add(run)
        found: list[Bill] = []
        for line in self.book.lines:
            product = self.book.product(line)
            if not self.book.is_billed(line.contract_id, on):
                continue
            if product.kind in ONCE:
                found += self.sell(line, run, on)
            elif line.line_id in self.book.prepaid:
                found += self.prepay(line, run, on)
        self.last_orders = on
        self.invoices.make(run, on, [(0, bill) for bill in found] + self.extras(run, on, at_order=True))

    def sell(self, line: Line, run: str, on: date) -> list[Bill]:
        """Ordered when the contract came into force, or since the orders run before; the very first run looks back a month."""
        if line.line_id in self.once or line.charged_through is not None or line.quantity == 0:
            return []
        concluded = self.book.contract(line).in_force_on
        assert concluded is not None
        day = max(concluded, months_on(on, -1) if self.last_orders is None else self.last_orders + ONE_DAY)
        end = self.end(line, on)
        if end is not None and day > end.last and (self.book.product(line).kind != "porting_out" or end.letter.by == "bankruptcy"):
            return []  # nothing is sold to who has left; a number is ported out because he leaves
        try:
            price = self.book.price(line, day)
        except Unpriced:
            return []
        self.once.add(line.line_id)
        return [self.bill(line, run, "one_off", [day], line.quantity, price, cents(line.quantity * price))]

    def prepay(self, line: Line, run: str, on: date) -> list[Bill]:
        """A term is billed when it is due: the first at order, a renewal some days before it begins. Whole terms cost months x price."""
        end, months = self.end(line, on), line.min_months or 1
        begins = max(line.starts_on, (line.charged_through or line.starts_on - ONE_DAY) + ONE_DAY)
        found: list[Bill] = []
        for number in range(1000):
            first, past = months_on(begins, number * months), months_on(begins, (number + 1) * months)
            served = [day for day in each_day(first, past - ONE_DAY) if is_served(line, day, end)]
            if not served or (first != line.starts_on and on < first - timedelta(days=self.renewal_lead_days)):
                return found
            due = [day for day in served if day not in self.days[line.line_id]]
            if not due:
                continue
            price = self.book.price(line, first)
            parts = [self.charge(line, run, on, part, "recurring", line.quantity, price) for part in runs_of_days(due)]
            net = sum((bill.net for bill in parts), Decimal(0))
            if due == list(each_day(first, past - ONE_DAY)):
                net = cents(months * line.quantity * price)
            found.append(self.bill(line, run, "recurring", due, line.quantity, price, net))
        raise AssertionError(f"line {line.line_id} renews for ever")

    def extras(self, run: str, on: date, *, at_order: bool) -> Found:
        """Charges of their own, each once: goods with the orders, the rest with the close; none from the day of a bankruptcy."""
        found = []
        for extra in self.book.extras:
            goods = bool(extra.product) and self.book.products[extra.product].kind in AT_ORDER
            client = extra.end_client_id or self.book.contracts[extra.contract_id].payer_id
            if extra.charge_id in self.once or extra.on > on or goods != at_order or not self.book.is_billed(extra.contract_id, on):
                continue
            if any(proof <= extra.on for proof in self.book.proofs(client, on)):
                continue
            self.once.add(extra.charge_id)
            contract = self.book.contracts[extra.contract_id]
            price = self.book.listed(extra.product, extra.on) if extra.amount is None else extra.amount
            of = (price, extra.contract_id, client, extra.product)
            bill = Bill(run, contract.payer_id, "", "one_off", extra.on, extra.on, extra.quantity, cents(extra.quantity * price), *of)
            found.append((0 if at_order else contract.payment_days, bill))
        return found


def is_served(line: Line, day: date, end: End | None) -> bool:
    """Whether the line serves on a day that no earlier system charged."""
    return (
        day >= line.starts_on
        and (line.charged_through is None or day > line.charged_through)
        and (line.ends_on is None or day <= line.ends_on)
        and (end is None or day <= end.last)
    )


def share(monthly: Decimal, days: int, of: date) -> Decimal:
    """The monthly amount for some days of a month, half-up to the cent; all its days: the whole."""
    return cents(monthly * days / length_of_month(of))


def runs_of_days(days: list[date], alike: Callable[[date], object] = lambda _: None) -> list[list[date]]:
    """The days cut where one is missing, where a month begins, and where what `alike` says of them changes."""
    parts: list[list[date]] = []
    for day in days:
        if parts and parts[-1][-1] + ONE_DAY == day and day.day != 1 and alike(day) == alike(parts[-1][-1]):
            parts[-1].append(day)
        else:
            parts.append([day])
    return parts
