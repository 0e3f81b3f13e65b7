"""A stage for direct debits: payers with mandates, invoices that say they will be debited, and the bank's files for the way back."""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from tasks.bank.importing import import_statements
from tasks.bank.receipt import BankReceipt
from tasks.collecting import CollectionReceipt, collect
from tasks.gates import check_collections
from tasks.ledger import Run, open_orders
from tasks.outside import Outside
from tasks.payments import open_invoices_on
from tests.bank_files import PAYERS, Paid, StatementOf, camt, coda
from tests.steps.delivery_scene import Scene

D = Decimal
MADE, DEBITED = date(2026, 11, 20), date(2026, 11, 27)
CORE = "2026-11/collections/2026-11-20-CORE.xml"
MESSAGE = "DD-20261127-CORE-20261120"


class CollectingScene(Scene):
    """ALFA owes 2026-000001 (121.00) and 2026-000002 (60.50), BETA 2026-000003 (48.40), GAMMA 2026-000004 (30.00).

    All due on Friday 27 November 2026, invoiced on 28 October. ALFA and BETA have a CORE mandate, GAMMA none.
    """

    def __init__(self, outside: Outside) -> None:
        super().__init__(outside)
        self.run = self.close()
        for payer_id in PAYERS:
            self.payer(payer_id, name=f"Company {payer_id.title()}")
        self.mandate("M-ALFA", "ALFA")
        self.mandate("M-BETA", "BETA")
        orders = open_orders(outside.engine, self.run.on)  # a run makes one invoice a payer
        for run, payer_id, gross in (
            (self.run, "ALFA", "121.00"), (orders, "ALFA", "60.50"), (self.run, "BETA", "48.40"), (self.run, "GAMMA", "30.00"),
        ):  # fmt: skip
            self.invoice(run, payer_id, gross)
        self.issued(self.run)
        self.issued(orders)

    def issued(self, run: Run, import_no: int = 1) -> None:
        """Note that the invoices of a run were issued, with what was imported by then."""
        self.say(
            "insert into run_step (run_id, step, state, import_no, staged_at) values (:run, 'issue', 'accepted', :n, now())"
            " on conflict (run_id, step) do update set import_no = :n",
            run=run.run_id, n=import_no,
        )  # fmt: skip

    def mandate(
        self, mandate_id: str, payer_id: str, *, scheme: str = "CORE", ends_on: str = "", iban: str = "", import_no: int = 1
    ) -> None:
        """A mandate signed on 1 January 2026, or a new version of it."""
        record = {"payer_id": payer_id, "iban": iban or PAYERS[payer_id], "bic": "GKCCBEBB", "holder": "", "signed_on": "2026-01-01",
                  "scheme": scheme, "ends_on": ends_on}  # fmt: skip
        while self.say("select coalesce(max(import_no), 0) from import_run")[0][0] < import_no:  # type: ignore[operator]
            self.say("insert into import_run (feed) values ('test')")
        self.say("update feed_record set superseded_import = :n where table_name = 'mandates' and record_id = :id and superseded_import is null",
                 id=mandate_id, n=import_no)  # fmt: skip
        self.say(
            "insert into feed_record (table_name, record_id, version, valid_import, record) select 'mandates', :id, count(*) + 1, :n,"
            " cast(:record as jsonb) from feed_record where table_name = 'mandates' and record_id = :id",
            id=mandate_id, n=import_no, record=json.dumps(record),
        )  # fmt: skip

    def collect(self, on: date = MADE) -> CollectionReceipt:
        """The files of a day, behind their gate."""
        return collect(self.outside, on, check_collections)

    def items(self) -> list[str]:
        """What is collected: invoice, amount, sequence, scheme, mandate and day."""
        rows = self.say(
            "select right(number, 1), amount, sequence, scheme, mandate_id, collected_on from collection_item join collection using"
            " (collection_no) join invoice using (invoice_id) where accepted order by number"
        )
        return [" ".join(map(str, row)) for row in rows]

    def books(self, *paid: Paid, day: date = DEBITED, number: int = 7, opening: str = "1000.00", layout: str = "camt") -> BankReceipt:
        """A statement of the bank with these movements, imported."""
        path = Path(self.outside.settings.feed) / "bank" / f"{day}.{'xml' if layout == 'camt' else 'cod'}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((camt if layout == "camt" else coda)(StatementOf(number, day, opening, paid)))
        return import_statements(self.outside)

    def still_open(self, day: date = date(2027, 12, 31)) -> dict[str, Decimal]:
        """What is open, by the last digit of the invoice."""
        with self.outside.engine.connect() as conn:
            return {one.number[-1]: one.open_amount for one in open_invoices_on(conn, day)}

    def places(self) -> list[str]:
        """All that is anywhere, as `movement place of amount`."""
        rows = self.say(
            "select movement_no, place, coalesce(right(number, 1), a.payer_id, '-'), sum(amount) from allocation a left join invoice"
            " using (invoice_id) group by 1, 2, 3 having sum(amount) <> 0 order by 1, 2, 3"
        )
        return [" ".join(map(str, row)) for row in rows]


def batch(amount: str, details: Sequence[Paid] = (), named: str = f"{MESSAGE}-FRST") -> Paid:
    """What the bank credits for a batch, naming it."""
    return Paid(amount, said=f"SEPA DD {named}" if named else "SEPA DD", details=details)
