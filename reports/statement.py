"""The statement of a payer as finance reads it: what is open, contested, to be credited and held on a day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

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


@dataclass(frozen=True, slots=True)
class Dispute:
    """A dispute that is open; EUR including VAT."""

    dispute_id: str
    invoice_number: str
    opened_on: date
    amount: Decimal
    phase: str
    guarantee_amount: Decimal | None


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
class Statement:
    """All of it, as of the day `on`."""

    payer_id: str
    name: str
    on: date
    invoices: Sequence[OpenItem]
    disputes: Sequence[Dispute]
    credits_left: Sequence[CreditLeft]
    held: Sequence[Held]

    def overdue(self, item: OpenItem) -> bool:
        """Whether an invoice is past its due date."""
        return item.due_on < self.on

    def balance(self, kind: str) -> Decimal:
        """What is held of a kind."""
        return sum((one.amount for one in self.held if one.kind == kind), ZERO)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the statement as CSV: `what` is invoice, dispute, sla_credit, deposit or bank_guarantee. EUR."""

    what: str
    reference: str
    day: date
    due_on: date | None
    amount: Decimal
    open_amount: Decimal
    contested: Decimal
    note: str


def rows(statement: Statement) -> list[Row]:
    """The statement as rows for a spreadsheet, in the order of the text."""
    return [
        *(Row("invoice", i.number, i.issued_on, i.due_on, i.gross, i.open_amount, i.contested, "") for i in statement.invoices),
        *(Row("dispute", d.invoice_number, d.opened_on, None, d.amount, ZERO, d.amount, d.phase) for d in statement.disputes),
        *(Row("sla_credit", c.credit_id, c.granted_on, None, c.amount, c.left, ZERO, c.reason) for c in statement.credits_left),
        *(Row(h.kind, h.movement_id, h.moved_on, None, h.amount, ZERO, ZERO, "") for h in statement.held),
    ]


def text(statement: Statement) -> str:
    """The statement as lines of text, its parts with their totals."""
    return "\n".join(_lines(statement))


def _lines(statement: Statement) -> Iterator[str]:
    yield f"Statement of {statement.payer_id} ({statement.name}) on {statement.on}, EUR"
    yield from _part("Open invoices, including VAT", [_invoice(statement, item) for item in statement.invoices])
    if statement.invoices:
        overdue = sum((item.open_amount for item in statement.invoices if statement.overdue(item)), ZERO)
        yield _total("open", sum((item.open_amount for item in statement.invoices), ZERO)) + f", overdue {overdue:,.2f}"
    yield from _part("Disputes", [_dispute(dispute) for dispute in statement.disputes])
    yield from _part("SLA credits left for the next invoices, excluding VAT", [_credit(credit) for credit in statement.credits_left])
    if statement.credits_left:
        yield _total("left", sum((credit.left for credit in statement.credits_left), ZERO))
    yield from _part("Deposits and guarantees held, without interest (GC-5.3)", [_held(one) for one in statement.held])
    for kind, words in KINDS.items():
        if any(one.kind == kind for one in statement.held):
            yield _total(f"{words} held", statement.balance(kind))


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


def _dispute(dispute: Dispute) -> str:
    covered = f", {dispute.guarantee_amount:,.2f} covered by a bank guarantee" if dispute.guarantee_amount else ""
    opened = f"since {dispute.opened_on}, {dispute.phase}{covered}"
    return f"  {dispute.dispute_id}  invoice {dispute.invoice_number}  {dispute.amount:>12,.2f}  {opened}"


def _credit(credit: CreditLeft) -> str:
    return f"  {credit.credit_id}  of {credit.granted_on}  {credit.amount:>12,.2f}  left {credit.left:>12,.2f}  {credit.reason}"


def _held(one: Held) -> str:
    return f"  {one.movement_id}  {one.moved_on}  {KINDS.get(one.kind, one.kind):<14}  {one.amount:>12,.2f}"


__all__ = ["CreditLeft", "Dispute", "Held", "OpenItem", "Row", "Statement", "rows", "text"]
