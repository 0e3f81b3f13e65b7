"""What each run must bill of a whole feed, computed a second time: slowly, in plain Python, from the feed files and the clauses alone.

Nothing of the product is imported. `Bills` remembers between runs what was charged, as the operator must.

    bills = Bills()
    bills.orders(Operator(feed), on)
    month = bills.close(Operator(feed), on)
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from tests.naive_feed import Operator
from tests.naive_usage import Rated, Usage
from tests.plain_bills import Books
from tests.plain_contract import Book
from tests.plain_invoices import Bill


@dataclass
class Document:
    """Totals of one invoice or credit note; a credit note has no day to be paid by."""

    kind: str
    payer_id: str
    due_on: date | None
    net: Decimal
    vat: Decimal


@dataclass
class Billed:
    """What one run bills: its documents, their lines, and what became of every call in its reach."""

    documents: list[Document]
    lines: list[Bill]
    calls: list[Rated] = field(default_factory=list)


@dataclass
class Bills:
    """What the operator remembers from run to run."""

    books: Books = field(default_factory=lambda: Books(Book()))
    usage: Usage = field(default_factory=Usage)

    def orders(self, operator: Operator, on: date) -> Billed:
        """Goods and prepaid terms, due on receipt."""
        self.books.know(operator.book)
        seen = len(self.books.bills), len(self.books.invoices.made)
        self.books.orders(on)
        return Billed(self.documents(seen[1], on, {}), self.books.bills[seen[0] :])

    def close(self, operator: Operator, on: date) -> Billed:
        """All lines of the close with its invoices and credit notes, and what became of every call in reach."""
        self.books.know(operator.book)
        seen = len(self.books.bills), len(self.books.invoices.made)
        credited = {number: (one.net_credited, one.vat_credited) for number, one in enumerate(self.books.invoices.made)}
        self.usage.read(operator)
        ends = {line.line_id: end.last for line in operator.book.lines if (end := self.books.end(line, on)) is not None}
        calls = self.usage.rate(operator, on, ends)
        self.books.close(f"{on:%Y-%m}", on, usage_bills(operator, calls, f"close {on:%Y-%m}"))
        return Billed(self.documents(seen[1], on, credited), self.books.bills[seen[0] :], calls)

    def documents(self, seen: int, on: date, credited: dict[int, tuple[Decimal, Decimal]]) -> list[Document]:
        """The invoices made since, and of every invoice what credit notes have taken back since."""
        found = []
        for number, one in enumerate(self.books.invoices.made):
            if number >= seen:
                found.append(Document("invoice", one.payer_id, on + timedelta(days=one.payment_days), one.net, one.vat))
            net, vat = credited.get(number, (Decimal(0), Decimal(0)))
            if one.net_credited != net:
                found.append(Document("credit_note", one.payer_id, None, one.net_credited - net, one.vat_credited - vat))
        return found


def usage_bills(operator: Operator, rated: list[Rated], run: str) -> list[tuple[int, Bill]]:
    """One line per order line and destination group, with the days to pay it."""
    groups: dict[tuple[str, str], list[Rated]] = defaultdict(list)
    for one in rated:
        if one.status == "charged" and one.price:
            groups[one.call.line_id, one.group].append(one)
    found = []
    for (line_id, group), calls in groups.items():
        line = operator.lines[line_id]
        contract = operator.book.contracts[line["contract_id"]]
        days = [one.call.day for one in calls]
        net = sum((one.price for one in calls), Decimal(0))
        of = (None, contract.contract_id, line["end_client_id"], group)
        bill = Bill(run, contract.payer_id, line_id, "usage", min(days), max(days), Decimal(len(calls)), net, *of)
        found.append((contract.payment_days, bill))
    return found
