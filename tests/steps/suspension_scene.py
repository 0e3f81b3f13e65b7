"""A stage for suspension orders: a partner with three end clients and a direct client, an invoice nobody pays, the letters about it."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from billing.dunning import Notice, Receivable
from tasks import suspension
from tasks.outside import Outside
from tasks.suspension.orders import Order, read_orders
from tests.steps.delivery_scene import Scene

D = Decimal
DUE = date(2026, 11, 27)  # of the invoice of October, 2026-000001
FIRST, SECOND, FORMAL = date(2026, 12, 4), date(2026, 12, 11), date(2026, 12, 18)
ORDERED = date(2026, 12, 28)  # a Monday: 7 days after the formal notice it was Christmas, then a weekend
CLIENTS = {"E-ANNA": "Anna Zwart", "E-BERT": "Bert Appel", "E-CLEO": "Cleo Mertens"}
SERVED = ("Anna Zwart", "Bert Appel", "Cleo Mertens")


class Arrears(Scene):
    """PARTNER owes 2026-000001 of 121.00, due on 27 November; reminded on 4, 11 and 18 December. Its clients: Anna, Bert and Cleo."""

    def __init__(self, outside: Outside) -> None:
        super().__init__(outside)
        self.payer("PARTNER", name="Telematis")
        self.say("update party set role = 'partner' where party_id = 'PARTNER'")
        self.say("insert into product values ('bt-user', 1, 1, null, 'business_telephony', 'user', 'advance', 'u', 'u', 'u', '')")
        for client, name in CLIENTS.items():
            self.payer(client, mail=f"{client.lower()}@client.example", language="nl", name=name)
            self.service(client, "PARTNER")
        self.run = self.close()
        self.invoice(self.run, "PARTNER", "121.00")
        self.remind("PARTNER", ["2026-000001"])

    def service(self, client: str, payer: str, starts_on: str = "2026-01-01", ends_on: str | None = None) -> None:
        """A line of an end client under a contract of a payer."""
        contract = f"C-{payer}-{client}"
        self.say(
            "insert into contract (contract_id, version, valid_import, payer_id, terms) values (:c, 1, 1, :payer, 'allocloud')",
            c=contract, payer=payer,
        )  # fmt: skip
        [(line_no,)] = self.say("insert into line (line_id) values (:id) returning line_no", id=f"L-{client}")
        self.say(
            "insert into order_line (line_id, line_no, version, valid_import, contract_id, end_client_id, product, quantity, starts_on, ends_on)"
            " values (:id, :no, 1, 1, :contract, :client, 'bt-user', 1, cast(:first as date), cast(:last as date))",
            id=f"L-{client}", no=line_no, contract=contract, client=client, first=starts_on, last=ends_on,
        )  # fmt: skip

    def remind(self, payer: str, numbers: Iterable[str], days: Iterable[date] = (FIRST, SECOND, FORMAL), due: date = DUE) -> None:
        """The letters that were sent and arrived, levels 1, 2 and 3."""
        for level, day in enumerate(days, start=1):
            self.letter(payer, numbers, level, day, due)

    def letter(
        self, payer: str, numbers: Iterable[str], level: int, day: date, due: date = DUE, state: str = "sent", order_no: int | None = None
    ) -> None:
        """A letter of a level."""
        numbers = list(numbers)
        self.say(
            "with sent as (insert into delivery (purpose, payer_id, channel, recipients, message_id, state)"
            " values ('reminder', :payer, 'email', 'a@b.example', :id, :state) returning delivery_id),"
            " told as (insert into dunning_notice (payer_id, policy, level, noticed_on, anchor_invoice_id, anchor_due_on, open_amount,"
            " clause, delivery_id, order_no) select :payer, 'contract', :level, :day, invoice_id, :due, gross, 'CG-2.d', delivery_id, :order_no"
            " from sent, invoice where number = :anchor returning notice_id)"
            " insert into dunning_notice_invoice select notice_id, invoice_id, gross from told, invoice where number = any(:numbers)",
            payer=payer, id=f"{payer}.{day}", state=state, level=level, day=day, due=due, anchor=numbers[0], numbers=numbers, order_no=order_no,
        )  # fmt: skip

    def record(self, table: str, record_id: str, **cells: object) -> None:
        """A row of a kept table of the feed."""
        self.say(
            "insert into feed_record (table_name, record_id, version, valid_import, record) values (:t, :id, 1, 1, cast(:record as jsonb))",
            t=table, id=record_id, record=json.dumps({name: None if value is None else str(value) for name, value in cells.items()}),
        )  # fmt: skip

    def paid(self, number: str, amount: str, on: date) -> None:
        """A payment."""
        self.say(
            "insert into payment (invoice_id, amount, paid_on) select invoice_id, :amount, :on from invoice where number = :number",
            number=number, amount=D(amount), on=on,
        )  # fmt: skip

    # -------------------------------------------------------------------------------------------- a day
    def review(self, on: date, *due: str, **settings: object) -> None:
        """What the orders of a day come to; `due` are the payers whose ladder calls for a suspension."""
        given = self.outside.settings.model_copy(update=settings)
        with self.outside.engine.begin() as conn:
            suspension.review(conn, [notice(payer, on) for payer in due], on, given)

    def day(self, on: date, *due: str, **settings: object) -> suspension.Sending:
        """A day: the review, committed, then the sending."""
        self.review(on, *due, **settings)
        return suspension.send(self.with_settings(**settings), on)

    def with_settings(self, **settings: object) -> Outside:
        return replace(self.outside, settings=self.outside.settings.model_copy(update=settings))

    # -------------------------------------------------------------------------------------------- what there is
    def orders(self) -> list[Order]:
        with self.outside.engine.connect() as conn:
            return read_orders(conn)

    def states(self) -> list[Any]:
        """(measure, state, who decided) of each order, by number."""
        return [(each.row.measure, each.row.state, each.row.decided_by) for each in self.orders()]

    def on_minimum_service(self) -> list[Any]:
        """(end client, first day, last day, note) of each row of minimum service."""
        return self.say(
            "select end_client_id, starts_on, ends_on, note from suspension_at((select max(import_no) from import_run)) order by 1, 2"
        )


def notice(payer: str, on: date) -> Notice:
    """What the ladder says of a payer whose formal notice was not followed by money."""
    anchor = Receivable("2026-000001", DUE, D("121.00"))
    return Notice(
        payer, 4, on, (anchor,), D("121.00"), D("0.00"), "GC-9.1.a", on, "suspension", "suspension", D("0.00"), 1, on, None
    )  # fmt: skip
