"""What finance decides during the demo: a credit, an invoice made anew, a deposit set off; and who never pays."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from flows.credit import credit
from tasks.deposits import set_off
from tasks.outside import Outside
from tasks.payments import open_invoices_on

NEVER_PAY = frozenset({"CL032", "CL033"})
WRONG_PRICE = ("CL023-user", ",8.25,", ",7.95,")  # order line, its price as first delivered, as agreed
SET_OFF_ON = 20


def after_the_close(outside: Outside, feed: Path, on: date) -> list[str]:
    """Two credits in the days after a close; returns what was done, in words."""
    goodwill = credit.fn(
        invoice=_newest_invoice(outside, "CL010", on), reason="The numbers could not be called for half of the month",
        on=on + timedelta(days=1), lines=[1], amount=Decimal("3.50"),
    )  # fmt: skip
    _correct_price(feed)
    anew = credit.fn(
        invoice=_newest_invoice(outside, "CL023", on), reason="The price of the users was not the one agreed",
        on=on + timedelta(days=2), again=True,
    )  # fmt: skip
    return [str(goodwill), str(anew)]


def set_off_deposit(outside: Outside, payer_id: str, on: date) -> str:
    """A deposit set off against what the payer has not paid (GC-5.3)."""
    reason = "contract ended after a breach, invoices overdue"
    return str(set_off(outside.engine, payer_id, None, on=on, by="finance of the demo", reason=reason))


def _newest_invoice(outside: Outside, payer_id: str, on: date) -> str:
    with outside.engine.connect() as conn:
        return max((invoice.issued_on, invoice.number) for invoice in open_invoices_on(conn, on) if invoice.payer_id == payer_id)[1]


def _correct_price(feed: Path) -> None:
    """The feed delivers the order line again, with the price that was agreed."""
    line_id, wrong, agreed = WRONG_PRICE
    table = feed / "order_lines.csv"
    lines = table.read_text(encoding="utf-8").splitlines(keepends=True)
    mended = [line.replace(wrong, agreed) if line.startswith(f"{line_id},") else line for line in lines]
    table.write_text("".join(mended), encoding="utf-8")
