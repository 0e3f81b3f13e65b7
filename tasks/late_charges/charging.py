"""The step `late_charges`: what being late has cost each payer by the day of the run and no debit note asks yet."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from sqlalchemy import Connection

import sql
from billing.dunning import Policy, PolicyError
from billing.late_charges import Accrued, Charged, Earlier, LateCharge, LatePayer, TooMuch, late_charges, terms_of
from billing.late_charges import accrued as accrued_of
from billing.money import ZERO
from tasks.late_charges.gathering import Reading, late_invoices, late_payers
from tasks.ledger import Receipt, Run, Stopped
from tasks.outside import Outside
from tasks.segments import policies_before, policies_of
from tasks.settings import Settings

CHARGE = (
    "run_id", "charge_no", "payer_id", "what", "invoice_id", "notice_id", "cost_id", "order_no", "from_day", "to_day", "charged_before",
    "amount", "policy", "clause", "note",
)  # fmt: skip
DELAY = ("run_id", "charge_no", "seq", "from_day", "to_day", "open_amount", "per_month", "cost")
DECIMALS = Decimal("1e-12")


def stage(outside: Outside, run: Run) -> Receipt:
    """Replace what the run charges; returns how many debit notes that makes, what they come to, what waits, what was charged too much.

    No payment comes in meanwhile; the last one read is noted, and which debits had come back.
    Raises Stopped for a policy that cannot be used.
    """
    with outside.engine.begin() as conn:
        sql.run(conn, "late_charges/hold_payments")
        sql.run(conn, "late_charges/forget", run_id=run.run_id)
        sql.run(conn, "late_charges/forget_scope", run_id=run.run_id)
        sql.run(conn, "late_charges/note_scope", run_id=run.run_id, payment_no=sql.scalar(conn, "late_charges/last_payment"))
        found = _charged(conn, outside.settings, Reading(run.on, run.import_no, run.run_id))
        _write(conn, run, found)
    return _receipt(found)


def preview(conn: Connection, settings: Settings, reading: Reading) -> list[Charged]:
    """What a run would charge each payer, by id; those with nothing to say of are left out. Writes nothing."""
    return [each for each in _charged(conn, settings, reading) if each.charges or each.waiting or each.too_much]


def too_much(conn: Connection, settings: Settings, run: Run) -> list[TooMuch]:
    """Interest that earlier debit notes charged and, as it is known now, is not due: finance credits those debit notes."""
    found = _charged(conn, settings, Reading(run.on, run.import_no, run.run_id))
    return [one for each in found for one in each.too_much]


def accrued_by_payer(conn: Connection, settings: Settings, payer_ids: Sequence[str], reading: Reading) -> Mapping[str, Sequence[Accrued]]:
    """The interest to a day that no debit note asks yet, by payer, invoice by invoice; none for a payer without any."""
    policies = _policies(conn, settings, payer_ids, reading)
    made: dict[str, Sequence[Accrued]] = {}
    for payer_id, invoices in late_invoices(conn, settings, reading, payer_ids).items():
        policy, earlier = policies[payer_id]
        terms = terms_of(policy, settings.interest, earlier)
        found = [one for invoice in invoices if (one := accrued_of(invoice, reading.on, terms)).amount > ZERO]
        if found:
            made[payer_id] = found
    return made


def _charged(conn: Connection, settings: Settings, reading: Reading) -> list[Charged]:
    payers = late_payers(conn, settings, reading)
    policies = _policies(conn, settings, [payer.payer_id for payer in payers], reading)
    return [_of_payer(payer, policies, settings, reading) for payer in payers]


def _of_payer(payer: LatePayer, policies: Mapping[str, tuple[Policy, Earlier]], settings: Settings, reading: Reading) -> Charged:
    policy, earlier = policies[payer.payer_id]
    return late_charges(payer, policy, reading.on, settings.interest, earlier)


def _policies(conn: Connection, settings: Settings, payer_ids: Sequence[str], reading: Reading) -> Mapping[str, tuple[Policy, Earlier]]:
    """By payer the policy of the day, and those it came under before."""
    try:
        found = policies_of(conn, settings, payer_ids, reading.on, reading.import_no)
        before = policies_before(conn, settings, payer_ids, reading.on, reading.import_no)
    except PolicyError as error:
        raise Stopped(str(error)) from error
    return {payer_id: (policy, before.get(payer_id, ())) for payer_id, (_, policy) in found.items()}


def _write(conn: Connection, run: Run, found: Iterable[Charged]) -> None:
    numbered = list(enumerate(((each.payer_id, charge) for each in found for charge in each.charges), start=1))
    rows = (_row(run, charge_no, payer_id, charge) for charge_no, (payer_id, charge) in numbered)
    sql.copy_in(conn, "late_charge", CHARGE, rows)
    delays = (
        (run.run_id, charge_no, seq, delay.days.first, delay.days.last, delay.open_amount, decimal(delay.per_month), decimal(delay.cost))
        for charge_no, (_, charge) in numbered
        for seq, delay in enumerate(charge.delays, start=1)
    )
    sql.copy_in(conn, "interest_delay", DELAY, delays)


def _row(run: Run, charge_no: int, payer_id: str, charge: LateCharge) -> tuple[object, ...]:
    of_letter = charge.what in ("reminder_fee", "recovery_cost") and isinstance(charge.of, int)
    return (
        run.run_id, charge_no, payer_id, charge.what,
        charge.of if charge.what == "interest" else None,
        charge.of if of_letter else None,
        charge.of if isinstance(charge.of, str) else None,
        charge.of if charge.what == "reactivation" else None,
        charge.from_day, charge.to_day, charge.charged_before, charge.amount, charge.policy, charge.clause, charge.note,
    )  # fmt: skip


def decimal(amount: Fraction) -> Decimal:
    """An exact fraction as the ledger keeps it: twelve decimals, half-up."""
    return (Decimal(amount.numerator) / Decimal(amount.denominator)).quantize(DECIMALS, ROUND_HALF_UP)


def _receipt(found: Sequence[Charged]) -> Receipt:
    billed = [each for each in found if each.charges]
    waiting = sum((each.waiting for each in found), ZERO)
    wrong = sum(len(each.too_much) for each in found)
    figures: dict[str, int | str] = {
        "payers": len(billed),
        "charges": sum(len(each.charges) for each in billed),
        "sum": f"{sum((charge.amount for each in billed for charge in each.charges), ZERO):.2f}",
    }
    if waiting:
        figures["waiting"] = f"{waiting:.2f}"
    if wrong:
        figures["charged too much"] = wrong
    return Receipt(figures)


__all__ = ["accrued_by_payer", "decimal", "preview", "stage", "too_much"]
