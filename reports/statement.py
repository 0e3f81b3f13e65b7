"""The statement of a payer as finance reads it: what is open, contested, in his favour and held on a day, and how his account moved."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from billing.account import Account
from billing.ageing import Ageing, OpenAmount, aged, bucket, days_late

ZERO = Decimal("0.00")
KINDS = {"deposit": "deposit", "bank_guarantee": "bank guarantee"}


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An invoice or debit note of which something is open; EUR including VAT, after credit notes, payments and set-offs."""

    number: str
    issued_on: date
    due_on: date
    gross: Decimal
    open_amount: Decimal
    contested: Decimal
    structured_reference: str
    kind: str
    credited: Decimal
    paid: Decimal


@dataclass(frozen=True, slots=True)
class Dispute:
    """A dispute that is open; EUR including VAT. `late` = claimed more than 30 days after its invoice (GC-14.2)."""

    dispute_id: str
    invoice_number: str
    opened_on: date
    amount: Decimal
    phase: str
    guarantee: Decimal
    late: bool = False

    @property
    def note(self) -> str:
        """Its phase, and that it came late: a person decides on it."""
        return f"{self.phase}, late claim (GC-14.2)" if self.late else self.phase


@dataclass(frozen=True, slots=True)
class CreditLeft:
    """An SLA credit of which something is left for the next invoices; EUR excluding VAT."""

    credit_id: str
    contract_id: str
    granted_on: date
    amount: Decimal
    left: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class Held:
    """What came in (positive) or went out of what is held for the payer; EUR, no interest (GC-5.3)."""

    movement_id: str
    kind: str
    moved_on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class InFavour:
    """What is in the payer's favour, EUR including VAT: paid or credited beyond an invoice, or (no number) money on account."""

    number: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Statement:
    """All of it, as of the day `on`; with `account`, how the account moved up to that day.

    `interest` is what late payment has cost that no debit note asks yet, EUR: no part of the balance.
    """

    payer_id: str
    name: str
    on: date
    invoices: Sequence[OpenItem]
    disputes: Sequence[Dispute]
    credits_left: Sequence[CreditLeft]
    held: Sequence[Held]
    in_favour: Sequence[InFavour] = ()
    account: Account | None = None
    interest: Decimal = ZERO

    @property
    def ageing(self) -> Ageing:
        """What is open, by days past the due date."""
        return aged((OpenAmount(one.due_on, one.open_amount, one.contested) for one in self.invoices), self.on)

    @property
    def favour(self) -> Decimal:
        """All that is in the payer's favour."""
        return sum((one.amount for one in self.in_favour), ZERO)

    @property
    def owed(self) -> Decimal:
        """What the account comes to: what is open less what is in the payer's favour."""
        return self.ageing.total - self.favour

    def overdue(self, item: OpenItem) -> bool:
        """Whether an invoice is past its due date."""
        return item.due_on < self.on

    def balance(self, kind: str) -> Decimal:
        """What is held of a kind."""
        return sum((one.amount for one in self.held if one.kind == kind), ZERO)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the statement as CSV: `what` is invoice, in_favour, dispute, sla_credit, deposit or bank_guarantee. EUR.

    What was credited and paid, the days late and the bucket of the ageing are of an invoice or debit note.
    """

    what: str
    reference: str
    day: date
    due_on: date | None
    amount: Decimal
    open_amount: Decimal
    contested: Decimal
    note: str
    credited: Decimal | None = None
    paid: Decimal | None = None
    days_late: int | None = None
    ageing: str = ""


@dataclass(frozen=True, slots=True)
class AccountRow:
    """A row of the account as CSV: `what` is opening, closing or the kind of an entry; `balance` is what is owed after it. EUR."""

    day: date
    what: str
    reference: str
    invoice: str
    amount: Decimal | None
    balance: Decimal


def account_rows(account: Account) -> list[AccountRow]:
    """The account as rows for a spreadsheet, from the opening to the closing balance."""
    return [
        AccountRow(account.first, "opening", "", "", None, account.opening),
        *(AccountRow(one.day, one.kind, one.reference, one.invoice_number, one.amount, after) for one, after in account.entries),
        AccountRow(account.last, "closing", "", "", None, account.closing),
    ]


def rows(statement: Statement) -> list[Row]:
    """The statement as rows for a spreadsheet, in the order of the text."""
    return [
        *(_invoice_row(statement, item) for item in statement.invoices),
        *(Row("in_favour", f.number, statement.on, None, f.amount, ZERO, ZERO, "") for f in statement.in_favour),
        *(Row("dispute", d.invoice_number, d.opened_on, None, d.amount, ZERO, d.amount, d.note) for d in statement.disputes),
        *(Row("sla_credit", c.credit_id, c.granted_on, None, c.amount, c.left, ZERO, c.reason) for c in statement.credits_left),
        *(Row(h.kind, h.movement_id, h.moved_on, None, h.amount, ZERO, ZERO, "") for h in statement.held),
    ]


def _invoice_row(statement: Statement, item: OpenItem) -> Row:
    row = Row("invoice", item.number, item.issued_on, item.due_on, item.gross, item.open_amount, item.contested, "")
    late, age = days_late(item.due_on, statement.on), bucket(item.due_on, statement.on)
    return replace(row, credited=item.credited, paid=item.paid, days_late=late, ageing=age)


def text(statement: Statement) -> str:
    """The statement as lines of text, its parts with their totals."""
    return "\n".join(_lines(statement))


def _lines(statement: Statement) -> Iterator[str]:
    yield f"Statement of {statement.payer_id} ({statement.name}) on {statement.on}, EUR"
    yield from _part("Open invoices, including VAT", [_invoice(statement, item) for item in statement.invoices])
    if statement.invoices:
        overdue = sum((item.open_amount for item in statement.invoices if statement.overdue(item)), ZERO)
        yield _total("open", sum((item.open_amount for item in statement.invoices), ZERO)) + f", overdue {overdue:,.2f}"
    if statement.in_favour:
        yield from _part("In the payer's favour, including VAT", [_in_favour(one) for one in statement.in_favour])
        yield _total("in favour", statement.favour) + f", balance {statement.owed:,.2f}"
    if statement.interest:
        yield _total("beside the balance, late interest not charged yet", statement.interest)
    yield from _part("Disputes", [_dispute(dispute) for dispute in statement.disputes])
    yield from _part("SLA credits left for the next invoices, excluding VAT", [_credit(credit) for credit in statement.credits_left])
    if statement.credits_left:
        yield _total("left", sum((credit.left for credit in statement.credits_left), ZERO))
    yield from _part("Deposits and guarantees held, without interest (GC-5.3)", [_held(one) for one in statement.held])
    for kind, words in KINDS.items():
        if any(one.kind == kind for one in statement.held):
            yield _total(f"{words} held", statement.balance(kind))
    if statement.account is not None:
        yield from _part(f"Account from {statement.account.first} to {statement.account.last}", [*_account(statement.account)])


def _part(title: str, lines: Sequence[str]) -> Iterator[str]:
    yield ""
    yield title
    yield from lines or ("  none",)


def _total(words: str, amount: Decimal) -> str:
    return f"  {words} {amount:,.2f}"


def _invoice(statement: Statement, item: OpenItem) -> str:
    late = f", {(statement.on - item.due_on).days} days overdue" if statement.overdue(item) else ""
    contested = f", {item.contested:,.2f} contested" if item.contested else ""
    return (
        f"  {item.number}  of {item.issued_on}  due {item.due_on}  {item.gross:>12,.2f}  open {item.open_amount:>12,.2f}{late}{contested}"
    )


def _in_favour(one: InFavour) -> str:
    return f"  {'invoice ' + one.number if one.number else 'on account'}  {one.amount:>12,.2f}"


def _account(account: Account) -> Iterator[str]:
    yield f"  {account.first}  {'opening balance':<26}  {'':>12}  {account.opening:>12,.2f}"
    for one, after in account.entries:
        of = one.reference or one.invoice_number
        yield f"  {one.day}  {one.kind.replace('_', ' '):<11}  {of:<13}  {one.amount:>12,.2f}  {after:>12,.2f}"
    yield f"  {account.last}  {'closing balance':<26}  {'':>12}  {account.closing:>12,.2f}"


def _dispute(dispute: Dispute) -> str:
    covered = f", {dispute.guarantee:,.2f} covered by a bank guarantee" if dispute.guarantee else ""
    opened = f"since {dispute.opened_on}, {dispute.note}{covered}"
    return f"  {dispute.dispute_id}  invoice {dispute.invoice_number}  {dispute.amount:>12,.2f}  {opened}"


def _credit(credit: CreditLeft) -> str:
    return f"  {credit.credit_id}  of {credit.granted_on}  {credit.amount:>12,.2f}  left {credit.left:>12,.2f}  {credit.reason}"


def _held(one: Held) -> str:
    return f"  {one.movement_id}  {one.moved_on}  {KINDS.get(one.kind, one.kind):<14}  {one.amount:>12,.2f}"


__all__ = ["AccountRow", "CreditLeft", "Dispute", "Held", "InFavour", "OpenItem", "Row", "Statement", "account_rows", "rows", "text"]
