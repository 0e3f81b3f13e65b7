"""Where the money of a movement on the worklist belongs, from its form."""

from typing import Annotated, Literal

from prefect import flow
from prefect.runtime import flow_run
from pydantic import Field

from flows.parameters import RowNumber, Words
from tasks.bank import by_hand
from tasks.bank.worklist import write_worklist
from tasks.finance_pages import show_unmatched
from tasks.ledger import Stopped
from tasks.outcome import Outcome, done, stops_plainly
from tasks.runs import the_outside

Where = Literal["invoices", "on account", "aside"]
# An invoice or debit note by its number, or a batch of direct debits by its name.
Paid = Annotated[
    str,
    Field(
        pattern=r"^\s*([A-Z]{0,3}\d{4}-\d{6,}|DD-\d{8}-(CORE|B2B)-\d{8}(-(FRST|RCUR))?)\s*$",
        examples=["2026-000123"],
    ),
]
PayerOrNone = Annotated[str, Field(max_length=100)]


@flow(name="allocate-payment", flow_run_name=lambda: f"allocate movement {flow_run.parameters.get('movement')}")
@stops_plainly
def allocate_payment(
    movement: RowNumber,
    where: Where,
    by: Words,
    invoices: list[Paid] = [],  # noqa: B006  # Prefect shows the default in the form; it is never changed
    payer: PayerOrNone = "",
) -> Outcome:
    """Say where money belongs that could not be matched. What waits is on the page Unmatched payments.

    Args:
        movement: The number of the movement, as on the page Unmatched payments (Artifacts) and in unmatched.csv.
        where: "invoices": it pays the invoices named below. "on account": it is kept for the payer named below. "aside": it is no payer's
            money, a tax refund for example.
        by: Your name; it is kept with the money.
        invoices: Only for "invoices": their numbers in the order they are paid, each up to what is open of it; what is left stays
            unmatched. Or, alone, the batch of direct debits it is, as the page suggests it (DD-...).
        payer: Only for "on account": the id of the payer, as in contracts.csv.

    """
    named, kept_for = [number.strip() for number in invoices], payer.strip()
    _require_what_fits(where, named, kept_for)
    with the_outside() as outside:
        try:
            if where == "invoices":
                receipt = by_hand.allocate(outside.engine, movement, named, by=by)
            elif where == "on account":
                receipt = by_hand.allocate_on_account(outside.engine, movement, kept_for, by=by)
            else:
                receipt = by_hand.set_aside(outside.engine, movement, by=by)
            write_worklist(outside)
            return done(str(receipt))
        finally:
            show_unmatched(outside)


def _require_what_fits(where: Where, invoices: list[str], payer: str) -> None:
    """Refuse a form that says two things, or not all of one."""
    if where == "invoices" and not invoices:
        raise Stopped("say which invoices the money pays, in their order, or choose on account or aside. Nothing is allocated")
    if where != "invoices" and invoices:
        raise Stopped(f"invoices are named and where says {where}; choose invoices, or name none. Nothing is allocated")
    if where == "on account" and not payer:
        raise Stopped("say for which payer the money is kept, or choose invoices or aside. Nothing is allocated")
    if where != "on account" and payer:
        raise Stopped(f"a payer is named and where says {where}; choose on account, or name none. Nothing is allocated")
