"""The operator of the charging cases, billed to the end: charges, drafts and numbers of orders runs and closes, and records of the feed."""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sql
from tasks import drafts, issue
from tasks.ledger import Run, find_run
from tasks.outside import Outside
from tests.steps.charging_operator import Operator

D = Decimal
PARTY = {
    "role": "client", "language": "en", "delivery": "email", "billing_emails": "one@one.example", "street": "Rue 1", "city": "Tubize",
    "country": "BE", "vat_number": "",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Billed(Operator):
    """Payer P1 (English, Belgian) with contract C1; cases add lines and records."""

    def begin(self) -> None:
        Operator.begin(self)
        self.party("P1")

    def party(self, party_id: str, **cells: object) -> None:
        self.insert("party", party_id=party_id, version=1, valid_import=1, name=f"Client {party_id}", **{**PARTY, **cells})

    def record(self, table: str, record_id: str, **cells: object) -> None:
        """A row of a kept table, as the import keeps it."""
        row = {name: None if value is None else str(value) for name, value in cells.items()}
        version = self.say("select count(*) + 1 from feed_record where table_name = :t and record_id = :r", t=table, r=record_id)[0][0]
        self.say("delete from feed_record where table_name = :t and record_id = :r", t=table, r=record_id)
        self.insert("feed_record", table_name=table, record_id=record_id, version=version, valid_import=1, record=json.dumps(row))

    def charge(self, charge_id: str, on: str, **cells: object) -> None:
        """An ad-hoc charge of 150.00 for measures after misuse; other cells by name."""
        like = {"contract_id": "C1", "end_client_id": None, "product": None, "description": "Measures", "quantity": "1",
                "unit_price": "150.00", "reason_clause": "GC-4.5"}  # fmt: skip
        self.record("charges", charge_id, **{**like, "on": on, **cells})

    def credit(self, credit_id: str, on: str, amount: str, contract_id: str = "C1") -> None:
        """An SLA credit."""
        self.record("credits", credit_id, contract_id=contract_id, end_client_id=None, on=on, amount=amount, reason="6 hours down")

    def bill_close(self, month: str, on: str | None = None) -> Run:
        """A close from its charges to its numbers."""
        return self._bill(self.close(month, on))

    def bill_orders(self, on: str) -> Run:
        """An orders run from its charges to its numbers."""
        return self._bill(self.orders(on))

    def _bill(self, run: Run) -> Run:
        drafted = self.draft(run)
        issue.stage(self.outside, drafted)
        self.accept(run, "issue")
        return drafted

    def draft(self, run: Run) -> Run:
        """The drafts of a run whose charges stand; nothing is wrong with them."""
        current = find_run(self.outside.engine, run.run_id)
        drafts.stage(self.outside, current)
        self.accept(run, "drafts")
        harmless = {"ad_hoc_waiting", "ad_hoc_changed", "nothing_to_pay", "parked", "parked_share"}
        wrong = set(self.warned(current)) - harmless
        assert not wrong, wrong
        return current

    def warned(self, run: Run, gate: str = "drafts") -> list[str]:
        """What the one look of a gate at the run counts."""
        with self.outside.engine.connect() as conn:
            named = sql.statement(f"gates/{gate}").compile().params
            given = {"run_id": run.run_id, "import_no": 1, "on": run.on, "count_change_at_most": D(1), "emergency_keys": []}
            [counted] = sql.dicts(conn, f"gates/{gate}", **{name: given[name] for name in named})
        return [check for check, found in counted.items() if found]

    def ad_hoc(self) -> list[str]:
        """Every ad-hoc charge as `charge day quantity net clause by kind of run`."""
        rows = self.say(
            "select charge_id, charged_on, trim_scale(quantity), net, clause, kind from ad_hoc_charge join run using (run_id) order by 1, run_id"
        )
        return [" ".join(map(str, row)) for row in rows]

    def shown(self, run: Run) -> list[str]:
        """Every line of the invoices of the run as `payer charge from..to net`, in the order of the invoices."""
        rows = self.say(
            "select payer_id, charge, from_day, to_day, l.net from invoice_line l join invoice using (invoice_id)"
            " where run_id = :run_id order by payer_id, payment_days, line_seq",
            run_id=run.run_id,
        )
        return [f"{payer} {charge} {first}..{last} {net}" for payer, charge, first, last, net in rows]

    def invoices(self, run: Run) -> list[tuple[object, ...]]:
        """Number, due date and net of the invoices of a run."""
        return self.say("select number, due_on, net from invoice where run_id = :run_id order by number", run_id=run.run_id)

    def used(self, run: Run) -> list[str]:
        """What the run used of credits, as `credit amount`."""
        rows = self.say("select credit_id, amount from credit_use where run_id = :run_id order by invoice_id, line_seq", run_id=run.run_id)
        return [f"{credit_id} {amount}" for credit_id, amount in rows]

    def pay(self, number: str, amount: str, on: str) -> None:
        """A payment, as recorded."""
        self.say(
            "insert into payment (invoice_id, amount, paid_on) select invoice_id, :amount, :paid_on from invoice where number = :number",
            number=number, amount=D(amount), paid_on=date.fromisoformat(on),
        )  # fmt: skip


def billed(outside: Outside) -> Billed:
    """A fresh operator in the database of `outside`."""
    fresh = Billed(outside)
    fresh.begin()
    return fresh
