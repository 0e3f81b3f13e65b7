"""A stage for dunning: an invoice nobody pays, the services behind it, and what a day of dunning told."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text

from tasks.dunning import DunningReceipt
from tasks.outside import Outside
from tests.steps.delivery_scene import Scene, ids

D = Decimal
FIRST, SECOND, FORMAL = date(2026, 12, 4), date(2026, 12, 11), date(2026, 12, 18)  # 7, 14 and 21 days after 27 November
SUSPENDED = date(2026, 12, 28)  # a Monday: 7 days after the formal notice it is Christmas, then a weekend


class Ladder(Scene):
    """ALFA (en) owes 2026-000001 of 121.00, due on 27 November, and has a service."""

    def __init__(self, outside: Outside) -> None:
        super().__init__(outside)
        self.payer("ALFA", mail="alfa@payer.example", language="en", name="Alfa")
        self.say("insert into product values ('bt-user', 1, 1, null, 'business_telephony', 'user', 'advance', 'u', 'u', 'u', '')")
        self.service("ALFA", "ALFA")
        self.invoice(self.close(), "ALFA", "121.00")

    def service(self, client: str, payer: str) -> None:
        """A line of an end client under a contract of a payer."""
        self.say(
            "insert into contract (contract_id, version, valid_import, payer_id, terms) values (:id, 1, 1, :payer, 'allocloud')",
            id=f"C-{client}", payer=payer,
        )  # fmt: skip
        [(line_no,)] = self.say("insert into line (line_id) values (:id) returning line_no", id=f"L-{client}")
        self.say(
            "insert into order_line (line_id, line_no, version, valid_import, contract_id, end_client_id, product, quantity, starts_on)"
            " values (:id, :no, 1, 1, :contract, :client, 'bt-user', 1, date '2026-01-01')",
            id=f"L-{client}", no=line_no, contract=f"C-{client}", client=client,
        )  # fmt: skip

    def debit_note(self, payer_id: str, amount: str, issued_on: date, due_on: date) -> str:
        """An issued debit note; returns its number."""
        invoice = self.invoice(self.close("2026-11", issued_on), payer_id, amount, days=(due_on - issued_on).days)
        with self.outside.engine.begin() as conn:  # what is issued can never change: here it was never issued as an invoice
            conn.execute(text("set local session_replication_role = replica"))
            conn.execute(text("update invoice set kind = 'debit_note', number = 'D' || number where number = :number"), {"number": invoice})
        return f"D{invoice}"

    def letters(self) -> list[tuple[object, ...]]:
        """(payer, level, day, state) of each letter, in order."""
        return self.say(
            "select payer_id, level, noticed_on, state from dunning_notice join delivery using (delivery_id, payer_id)"
            " order by noticed_on, payer_id"
        )  # fmt: skip

    def orders(self) -> list[tuple[object, ...]]:
        """(payer, measure, state) of each order, by number."""
        return self.say("select payer_id, measure, state from suspension_order order by order_no")


@pytest.fixture
def ladder(outside: Outside) -> Ladder:
    """The stage on an empty database."""
    return Ladder(outside)


def told(receipt: DunningReceipt) -> list[tuple[str, int, str, str]]:
    """(payer, level, amount, state) of each letter."""
    return [(each.payer_id, each.level, str(each.open_amount), each.state) for each in receipt.notices]


def reminders(folder: Path) -> list[str]:
    """The Message-IDs of the letters of a mailbox, without brackets and domain, in order of their day."""
    return [each.strip("<>").partition("@")[0] for each in ids(folder) if "reminder" in each]


def via(outside: Outside, url: str = "", **changes: object) -> Outside:
    """The same world with other settings, and two tries a mail."""
    settings = {"smtp_url": url or outside.settings.smtp_url, "mail_attempts": 2, **changes}
    return replace(outside, settings=outside.settings.model_copy(update=settings))
