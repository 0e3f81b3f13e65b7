"""What a run makes of the lines it bills: invoices by payer and term of payment, SLA credits used up on them, credit notes, and their VAT."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from tests.plain_contract import ONE_DAY, Book, cents


@dataclass(frozen=True)
class Bill:
    """A line of an invoice, or with a negative amount of a credit note or of an SLA credit. Without a line: a charge of its own."""

    run: str
    payer_id: str
    line_id: str
    charge: str
    first: date
    last: date
    quantity: Decimal
    net: Decimal
    unit_price: Decimal | None = None
    contract_id: str = ""
    end_client_id: str = ""
    product: str = ""


@dataclass
class Invoice:
    """The sums of an invoice, and what credit notes have taken back of it."""

    run: str
    payer_id: str
    payment_days: int
    net: Decimal
    vat: Decimal = Decimal(0)
    net_credited: Decimal = Decimal(0)
    vat_credited: Decimal = Decimal(0)


@dataclass
class Invoices:
    """Every document of an operator, and what is left of the SLA credits it granted."""

    book: Book
    bills: list[Bill] = field(default_factory=list)
    made: list[Invoice] = field(default_factory=list)
    used: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    paid_out: dict[str, Decimal] = field(default_factory=dict)

    def make(self, run: str, on: date, found: Iterable[tuple[int, Bill]]) -> None:
        """One invoice a payer and days to pay, less what it uses up of the credits; its VAT once, on what is left."""
        sums: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
        for payment_days, bill in found:
            sums[bill.payer_id, payment_days] += bill.net
            self.bills.append(bill)
        for (payer_id, payment_days), net in sorted(sums.items()):
            left = self.less_credits(run, on, payer_id, net)
            self.made.append(Invoice(run, payer_id, payment_days, left, self.vat(payer_id, left)))

    def less_credits(self, run: str, on: date, payer_id: str, net: Decimal) -> Decimal:
        """GC-10.5: the credits granted under the payer's contracts, the oldest first, never below zero. Returns what is left to pay."""
        for grant in sorted(self.book.grants, key=lambda grant: (grant.on, grant.credit_id)):
            use = min(self.left(grant.credit_id), net)
            if use > 0 and grant.on <= on and self.book.contracts[grant.contract_id].payer_id == payer_id:
                self.used[grant.credit_id] += use
                of = (grant.contract_id, grant.end_client_id or payer_id)
                self.bills.append(Bill(run, payer_id, "", "credit", grant.on, grant.on, Decimal(1), -use, -use, *of))
                net -= use
        return net

    def left(self, credit_id: str) -> Decimal:
        """What neither an invoice used nor a payout gave."""
        [granted] = [grant.amount for grant in self.book.grants if grant.credit_id == credit_id]
        return granted - self.used[credit_id] - self.paid_out.get(credit_id, Decimal(0))

    def pay_out(self, contract_id: str, on: date) -> None:
        """GC-10.5: what the last invoice of a contract left of its credits."""
        for grant in self.book.grants:
            if grant.contract_id == contract_id and grant.on <= on and self.left(grant.credit_id) > 0:
                self.paid_out[grant.credit_id] = self.left(grant.credit_id)

    def vat(self, payer_id: str, net: Decimal) -> Decimal:
        """Half-up, of the sum."""
        return cents(net * self.book.payers[payer_id].vat_percent / 100)

    def credit(self, charged_by: str, payment_days: int, bill: Bill) -> None:
        """What a credit note takes back of the invoice that charged it; with it the VAT that what is left no longer carries."""
        self.bills.append(bill)
        of_bill = (charged_by, bill.payer_id, payment_days)
        [invoice] = [one for one in self.made if (one.run, one.payer_id, one.payment_days) == of_bill]
        invoice.net_credited += bill.net
        invoice.vat_credited = self.vat(invoice.payer_id, invoice.net + invoice.net_credited) - invoice.vat


def prepaid_joined(bills: Iterable[Bill], prepaid: Collection[str]) -> list[Bill]:
    """The bills, with what a run bills of a prepaid line joined: agreed is the price of whole terms, not of the months they are written in."""
    found: list[Bill] = []
    for bill in sorted(bills, key=lambda bill: (bill.run, bill.line_id, bill.first)):
        before = found[-1] if found else bill
        follows = (bill.run, bill.line_id, bill.first) == (before.run, before.line_id, before.last + ONE_DAY)
        if bill.line_id in prepaid and follows:
            found[-1] = replace(before, last=bill.last, net=before.net + bill.net)
        else:
            found.append(replace(bill, charge="recurring") if bill.line_id in prepaid else bill)
    return found
