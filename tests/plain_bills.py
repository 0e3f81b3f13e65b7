"""What each close and each orders run must bill, by walking every day of every line: is this day owed, for what, at which price?

Nothing of the product is imported. `Books` remembers from run to run what was charged, day by day, and every invoice.

    books = Books(book)
    books.close("2026-10", date(2026, 10, 28))
    books.bills      # every line ever billed, with what was given back
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from tests.plain_contract import ONCE, ONE_DAY, Book, End, Line, cents, each_day, end_of_month, length_of_month, months_on


@dataclass(frozen=True)
class Bill:
    """A line of an invoice, or with a negative amount of a credit note."""

    run: str
    payer_id: str
    line_id: str
    charge: str
    first: date
    last: date
    quantity: Decimal
    net: Decimal


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
class Invoice:
    """The sums of an invoice, and what credit notes have taken back of it."""

    run: str
    payer_id: str
    payment_days: int
    net: Decimal = Decimal(0)
    vat: Decimal = Decimal(0)
    net_credited: Decimal = Decimal(0)
    vat_credited: Decimal = Decimal(0)


@dataclass
class Books:
    """What the operator remembers."""

    book: Book
    renewal_lead_days: int = 14
    days: dict[str, dict[date, Day]] = field(default_factory=lambda: defaultdict(dict))
    quantities: dict[str, list[tuple[date, int]]] = field(default_factory=lambda: defaultdict(list))
    billed: list[Bill] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)
    runs: set[str] = field(default_factory=set)
    refunds_judged: set[tuple[str, str]] = field(default_factory=set)
    once: set[str] = field(default_factory=set)
    last_orders: date | None = None

    # The close

    def close(self, month: str, on: date) -> None:
        """Everything a close bills: what service there was, what is due after an end, what is given back. A second time: nothing."""
        run, first = f"close {month}", date.fromisoformat(f"{month}-01")
        if run in self.runs:
            return
        self.runs.add(run)
        found: list[tuple[Line, Bill]] = []
        for line in self.recurring():
            if not self.book.in_force(line, on):
                continue
            reach = end_of_month(first)
            if self.book.product(line).timing == "advance":
                reach = end_of_month(reach + ONE_DAY)
            end = self.end(line, on)
            found += self.service(line, run, first, on, reach, end)
            found += self.balance(line, run, on, reach, end)
        self.invoice(run, found)
        self.give_back(run, on)

    def recurring(self) -> Iterable[Line]:
        for line in self.book.lines:
            product = self.book.product(line)
            if product.timing in ("advance", "arrears") and product.kind not in (*ONCE, "usage"):
                yield line

    def end(self, line: Line, on: date) -> End | None:
        charged = [(day, found.run_on) for day, found in self.days[line.line_id].items() if not found.balance]
        return self.book.end(line, on, charged)

    def service(self, line: Line, run: str, month: date, on: date, reach: date, end: End | None) -> list[tuple[Line, Bill]]:
        """Every day of service up to the reach of the close that nobody charged yet, whole months whole and parts by the day."""
        if line.starts_on > on:
            return []
        owed = [day for day in each_day(line.starts_on, reach) if self.is_served(line, day, end) and day not in self.days[line.line_id]]
        if not owed:
            return []
        quantity = self.book.quantity(line, month, on, owed[0], self.quantities[line.line_id])
        self.quantities[line.line_id].append((month, quantity))
        found = []
        for part in runs_of_days(owed):
            price = self.book.price(line, part[0])
            whole = len(part) == length_of_month(part[0])
            found.append(self.charge(line, run, on, part, "recurring" if whole else "pro_rata", quantity, price))
        return found

    def is_served(self, line: Line, day: date, end: End | None) -> bool:
        return (
            day >= line.starts_on
            and (line.charged_through is None or day > line.charged_through)
            and (line.ends_on is None or day <= line.ends_on)
            and (end is None or day <= end.last)
        )

    def balance(self, line: Line, run: str, on: date, reach: date, end: End | None) -> list[tuple[Line, Bill]]:
        """CG-3.d, GC-13.3: every day from the end to the end of the term, as the line was last charged, once the close reaches past the end."""
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
        return found

    def charge(self, line: Line, run: str, on: date, part: list[date], charge: str, quantity: int, price: Decimal) -> tuple[Line, Bill]:
        for day in part:
            self.days[line.line_id][day] = Day(run, on, charge == "balance", quantity, price)
        net = share(quantity * price, len(part), part[0])
        payer_id = self.book.contract(line).payer_id
        return line, Bill(run, payer_id, line.line_id, charge, part[0], part[-1], Decimal(quantity), net)

    # Invoices and what is taken back

    def invoice(self, run: str, found: list[tuple[Line, Bill]], payment_days: int | None = None) -> None:
        """One invoice a payer and term of payment; the VAT once, on its sum."""
        sums: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
        for line, bill in found:
            days = self.book.contract(line).payment_days if payment_days is None else payment_days
            sums[bill.payer_id, days] += bill.net
        self.billed += [bill for _, bill in found]
        for (payer_id, days), net in sorted(sums.items()):
            self.invoices.append(Invoice(run, payer_id, days, net, self.vat(payer_id, net)))

    def vat(self, payer_id: str, net: Decimal) -> Decimal:
        return cents(net * self.book.payers[payer_id].vat_percent / 100)

    def give_back(self, run: str, on: date) -> None:
        """GC-13.2: the days charged after an end, unless the breach was the client's or a letter gives back less than 10.00 in all."""
        by_letter: dict[str, list[tuple[Line, list[date]]]] = defaultdict(list)
        for line in self.recurring():
            end = self.end(line, on)
            if end is None or not end.gives_back or (end.letter.letter_id, line.line_id) in self.refunds_judged:
                continue
            paid = self.days[line.line_id]
            after = [day for day in sorted(paid) if day > end.last and not paid[day].balance and not paid[day].given_back]
            if after:
                by_letter[end.letter.letter_id].append((line, after))
                self.refunds_judged.add((end.letter.letter_id, line.line_id))
        for parts in by_letter.values():
            found = [refund for line, after in parts for refund in self.refunds(line, run, after)]
            if sum(bill.net for _, _, bill in found) <= Decimal("-10.00"):
                for line, charged_by, bill in found:
                    self.credit(line, charged_by, bill)

    def refunds(self, line: Line, run: str, after: list[date]) -> Iterable[tuple[Line, str, Bill]]:
        paid = self.days[line.line_id]
        for part in runs_of_days(after, lambda day: paid[day].run):
            day = paid[part[0]]
            net = share(day.quantity * day.price, len(part), part[0])
            payer_id = self.book.contract(line).payer_id
            yield line, day.run, Bill(run, payer_id, line.line_id, "refund", part[0], part[-1], Decimal(day.quantity), -net)

    def credit(self, line: Line, charged_by: str, bill: Bill) -> None:
        """What a credit note takes back of the invoice that charged it; with it the VAT that what is left no longer carries."""
        self.billed.append(bill)
        for day in each_day(bill.first, bill.last):
            self.days[line.line_id][day].given_back = True
        [invoice] = [
            one
            for one in self.invoices
            if (one.run, one.payer_id, one.payment_days) == (charged_by, bill.payer_id, self.book.contract(line).payment_days)
        ]
        invoice.net_credited += bill.net
        invoice.vat_credited = self.vat(invoice.payer_id, invoice.net + invoice.net_credited) - invoice.vat

    # Orders

    def orders(self, on: date) -> None:
        """Goods once, prepaid subscriptions for their term and again before each renewal; all due on receipt."""
        run = f"orders {on}"
        if run in self.runs:
            return
        self.runs.add(run)
        found: list[tuple[Line, Bill]] = []
        for line in self.book.lines:
            product = self.book.product(line)
            if not self.book.in_force(line, on):
                continue
            if product.kind in ONCE:
                found += self.sell(line, run, on)
            elif product.timing == "at_order" and product.service == "web_meeting":
                found += self.prepay(line, run, on)
        self.last_orders = on
        self.invoice(run, found, payment_days=0)

    def sell(self, line: Line, run: str, on: date) -> list[tuple[Line, Bill]]:
        """Ordered when the contract came into force, or since the orders run before; the very first run looks back a month."""
        if line.line_id in self.once or line.charged_through is not None or line.quantity == 0:
            return []
        concluded = self.book.contract(line).in_force_on
        assert concluded is not None
        day = max(concluded, months_on(on, -1) if self.last_orders is None else self.last_orders + ONE_DAY)
        self.once.add(line.line_id)
        net = cents(line.quantity * self.book.price(line, day))
        payer_id = self.book.contract(line).payer_id
        return [(line, Bill(run, payer_id, line.line_id, "one_off", day, day, Decimal(line.quantity), net))]

    def prepay(self, line: Line, run: str, on: date) -> list[tuple[Line, Bill]]:
        """A term is billed when it is due: the first at order, a renewal some days before it begins. Whole terms cost months x price."""
        end, months = self.end(line, on), line.min_months or 1
        found = []
        for number in range(1000):
            first, past = months_on(line.starts_on, number * months), months_on(line.starts_on, (number + 1) * months)
            served = [day for day in each_day(first, past - ONE_DAY) if self.is_served(line, day, end)]
            if not served or (number > 0 and on < first - timedelta(days=self.renewal_lead_days)):
                return found
            due = [day for day in served if day not in self.days[line.line_id]]
            if not due:
                continue
            price = self.book.price(line, first)
            parts = [self.charge(line, run, on, part, "recurring", line.quantity, price)[1] for part in runs_of_days(due)]
            net = sum((bill.net for bill in parts), Decimal(0))
            if due == list(each_day(first, past - ONE_DAY)):
                net = cents(months * line.quantity * price)
            one = parts[0]
            found.append((line, Bill(run, one.payer_id, one.line_id, "recurring", due[0], due[-1], one.quantity, net)))
        return found


def share(monthly: Decimal, days: int, of: date) -> Decimal:
    """The monthly amount for some days of a month, half-up to the cent; all its days: the whole."""
    return cents(monthly * days / length_of_month(of))


def runs_of_days(days: list[date], alike: object = None) -> list[list[date]]:
    """The days cut where one is missing, where a month begins, and where what `alike` says of them changes."""
    parts: list[list[date]] = []
    for day in days:
        same = alike is None or not parts or alike(day) == alike(parts[-1][-1])  # type: ignore[operator]
        if parts and parts[-1][-1] + ONE_DAY == day and day.day != 1 and same:
            parts[-1].append(day)
        else:
            parts.append([day])
    return parts
