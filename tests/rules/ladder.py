"""The ladder of the contract, and short words to tell its cases: invoices are due on Friday 27 November 2026 unless said."""

from datetime import date
from decimal import Decimal

from billing.dunning import (
    Kind,
    LateCharges,
    Notice,
    PayerState,
    Policy,
    Receivable,
    SentNotice,
    Stage,
    Suspension,
    Unreached,
    next_notice,
)
from tasks.holidays import belgian_working_days

D = Decimal
DUE = date(2026, 11, 27)
FRIENDLY = Stage(1, 7, 0, D("0.00"), "CG-2.d", words="friendly")
REMINDER = Stage(2, 14, 7, D("10.00"), "CG-2.d", words="reminder")
FORMAL = Stage(3, 21, 7, D("10.00"), "CG-2.d", words="formal_notice")
SUSPEND = Stage(4, 21, 7, D("0.00"), "GC-9.1.a", action="suspension", words="suspension")
END = Stage(5, 0, 0, D("0.00"), "GC-12.2.a", action="end_proposal", months_of_suspension_at_least=1)
CHARGES = LateCharges(D("0.01"), D("0.00"), D("5.00"), 1)
POLICY = Policy(
    "contract", date(2020, 1, 1), "CG-2.d", (FRIENDLY, REMINDER, FORMAL, SUSPEND, END), Suspension(21, 7, "GC-9.1.a"), CHARGES
)  # fmt: skip


def owed(number: str = "A", due_on: date = DUE, amount: str = "100.00", contested: str = "0.00", kind: Kind = "invoice") -> Receivable:
    return Receivable(number, due_on, D(amount), D(contested), kind)


def fees(number: str = "F", due_on: date = DUE, amount: str = "20.00") -> Receivable:
    """A debit note."""
    return owed(number, due_on, amount, kind="debit_note")


def sent(level: int, on: date, *numbers: str, due_on: date = DUE, lifted: bool = False) -> SentNotice:
    return SentNotice(level, on, due_on, frozenset(numbers or ("A",)), lifted)


def came_back(level: int, on: date, anchor: str = "A", to: str = "old@payer.example") -> Unreached:
    return Unreached(level, on, anchor, to)


def notice(
    on: date, *receivables: Receivable, before: tuple[SentNotice, ...] = (), lost: tuple[Unreached, ...] = (),
    to: str = "old@payer.example", policy: Policy = POLICY,
) -> Notice | None:  # fmt: skip
    return next_notice(PayerState("P", receivables, before, lost, to), policy, on, belgian_working_days(on))


def level(
    on: date, *receivables: Receivable, before: tuple[SentNotice, ...] = (), lost: tuple[Unreached, ...] = (),
    to: str = "old@payer.example", policy: Policy = POLICY,
) -> int | None:  # fmt: skip
    found = notice(on, *receivables, before=before, lost=lost, to=to, policy=policy)
    return found.level if found else None


LETTERS = (sent(1, date(2026, 12, 4)), sent(2, date(2026, 12, 11)), sent(3, date(2026, 12, 18)))
