"""What finance decides during the demo: a credit, an invoice made anew, a deposit set off; and who never pays."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from flows.credit import credit
from tasks.demo.records import Dispute, table_bytes
from tasks.deposits import set_off
from tasks.outside import Outside
from tasks.payments import open_invoices_on

PARTNER_IN_DEFAULT = "PA03"
NEVER_PAY = frozenset({"CL032", "CL033", PARTNER_IN_DEFAULT})
WRONG_PRICE = ("CL023-user", ",8.25,", ",7.95,")  # order line, its price as first delivered, as agreed
SET_OFF_ON = 20
CONTESTING = ("CL033", Decimal("12.00"))  # part of what this payer does not pay, so that reminders ask for the rest


def after_the_close(outside: Outside, feed: Path, on: date) -> list[str]:
    """An invoice contested and two credited in the days after a close; returns what was done, in words."""
    contested = _contest(outside, feed, on)
    goodwill = credit.fn(
        invoice=_newest_invoice(outside, "CL010", on), reason="Les numéros étaient injoignables la moitié du mois",
        on=on + timedelta(days=1), lines=[1], amount=Decimal("3.50"),
    )  # fmt: skip
    _correct_price(feed)
    anew = credit.fn(
        invoice=_newest_invoice(outside, "CL023", on), reason="Le prix des utilisateurs n’était pas le prix convenu",
        on=on + timedelta(days=2), again=True,
    )  # fmt: skip
    return [contested, str(goodwill), str(anew)]


def set_off_deposit(outside: Outside, payer_id: str, on: date) -> str:
    """A deposit set off against what the payer has not paid (GC-5.3)."""
    reason = "contract ended after a breach, invoices overdue"
    return str(set_off(outside.engine, payer_id, None, on=on, by="finance of the demo", reason=reason))


def _newest_invoice(outside: Outside, payer_id: str, on: date) -> str:
    with outside.engine.connect() as conn:
        return max((invoice.issued_on, invoice.number) for invoice in open_invoices_on(conn, on) if invoice.payer_id == payer_id)[1]


def _contest(outside: Outside, feed: Path, on: date) -> str:
    """The feed delivers a dispute of a part of an invoice; what imports the feed next takes it in (GC-9.3)."""
    payer_id, amount = CONTESTING
    number, opened_on = _newest_invoice(outside, payer_id, on), on + timedelta(days=1)
    dispute = Dispute("DI0001", number, opened_on, amount, "claim", None, None)
    (feed / "disputes.csv").write_bytes(table_bytes(Dispute, [dispute]))
    return f"{payer_id} contests {amount} EUR of invoice {number} on {opened_on}"


def _correct_price(feed: Path) -> None:
    """The feed delivers the order line again, with the price that was agreed."""
    line_id, wrong, agreed = WRONG_PRICE
    table = feed / "order_lines.csv"
    lines = table.read_text(encoding="utf-8").splitlines(keepends=True)
    mended = [line.replace(wrong, agreed) if line.startswith(f"{line_id},") else line for line in lines]
    table.write_text("".join(mended), encoding="utf-8")
