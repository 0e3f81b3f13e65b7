"""An operator in the database for cases of charging: each case says its lines, snapshots and closes, and reads what was charged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import text

from billing.period import Period
from tasks import one_off, recurring
from tasks.ledger import Receipt, Run, find_run, open_close, open_orders
from tasks.outside import Outside

LINE: Mapping[str, object] = {
    "contract_id": "C1", "end_client_id": "P1", "product": "bt-user", "quantity": 1, "unit_price": None,
    "starts_on": "2026-01-01", "ends_on": None, "min_months": None, "charged_through": "2026-10-31",
}  # fmt: skip
CONTRACT: Mapping[str, object] = {
    "payer_id": "P1", "terms": "allocloud", "signed_on": "2025-12-01", "credit_approved_on": "2025-12-03", "deposit_required": None,
    "deposit_received_on": None, "confirmed_on": "2025-12-10", "starts_on": "2026-01-01", "term_months": 24,
}  # fmt: skip
PRODUCTS = (
    ("bt-user", "business_telephony", "user", "advance", "31.00"),
    ("bt-number", "business_telephony", "national_number", "advance", "1.00"),
    ("bt-number-int", "business_telephony", "international_number", "advance", "5.00"),
    ("bt-pack", "business_telephony", "pack", "advance", "10.00"),
    ("bt-phone", "business_telephony", "hardware", "at_order", "89.00"),
    ("sip-channel", "sip_trunking", "channel", "advance", "10.00"),
    ("wm-licence", "web_meeting", "licence", "at_order", "31.00"),
    ("tlx-user", "telavox", "user", "arrears", "20.00"),
)


@dataclass(frozen=True, slots=True)
class Operator:
    """The products above at their prices since 2025, one contract C1 in force; cases add the rest."""

    outside: Outside

    def say(self, statement: str, **parameters: object) -> list[tuple[object, ...]]:
        with self.outside.engine.begin() as conn:
            answer = conn.execute(text(statement), parameters)
            return [tuple(row) for row in answer] if answer.returns_rows else []

    def insert(self, table: str, **cells: object) -> None:
        self.say(f"insert into {table} ({', '.join(cells)}) values ({', '.join(f':{name}' for name in cells)})", **cells)

    def begin(self) -> None:
        self.insert("import_run", feed="test")
        for product, service, kind, timing, unit_price in PRODUCTS:
            names = {"name_fr": product, "name_nl": product, "name_en": product}
            self.insert("product", product=product, version=1, valid_import=1, service=service, kind=kind, timing=timing, **names)
            self.price(product, unit_price, "2025-01-01")
        self.contract("C1")

    def price(self, product: str, unit_price: str, valid_from: str, announced_on: str | None = None) -> None:
        price = {"unit_price": Decimal(unit_price), "valid_from": valid_from, "announced_on": announced_on}
        self.insert("price", product=product, version=1, valid_import=1, **price)

    def contract(self, contract_id: str, **cells: object) -> None:
        self.insert("contract", contract_id=contract_id, version=1, valid_import=1, **{**CONTRACT, **cells})

    def line(self, line_id: str, **cells: object) -> None:
        [(line_no,)] = self.say("insert into line (line_id) values (:line_id) returning line_no", line_id=line_id)
        self.insert("order_line", line_id=line_id, line_no=line_no, version=1, valid_import=1, **{**LINE, **cells})

    def line_no(self, line_id: str) -> object:
        return self.say("select line_no from line where line_id = :line_id", line_id=line_id)[0][0]

    def snapshot(self, day: str, elements: Mapping[str, Mapping[str, int] | list[str]], kind: str = "user") -> None:
        """One snapshot: by line either the ids of its elements, of `kind`, or how many of each kind."""
        self.insert("inventory_snapshot", snapshot_on=day, element_count=0, content_hash="", import_no=1)
        for line_id, shown in elements.items():
            named = {f"{kind}{n}": kind for kind, how_many in shown.items() for n in range(how_many)} if isinstance(shown, Mapping) else {}
            for element_id, its_kind in (named or dict.fromkeys(shown, kind)).items():
                of = {"line_no": self.line_no(line_id), "element_id": element_id, "kind": its_kind, "label": ""}
                self.insert("inventory_element", snapshot_on=day, **of)

    def close(self, month: str, on: str | None = None) -> Run:
        """Stages the recurring charges of a close, and accepts them."""
        opened = open_close(self.outside.engine, Period.month(month), date.fromisoformat(on or f"{month}-28"))
        self.stage(opened)
        self.accept(opened, "recurring")
        return opened

    def orders(self, on: str) -> Run:
        """Stages the charges of an orders run, and accepts them."""
        opened = open_orders(self.outside.engine, date.fromisoformat(on))
        self.stage(opened)
        self.accept(opened, "one_off")
        return opened

    def stage(self, run: Run) -> Receipt:
        found = find_run(self.outside.engine, run.run_id)
        return recurring.stage(self.outside, found) if run.kind == "close" else one_off.stage(self.outside, found)

    def accept(self, run: Run, step: str) -> None:
        self.say("delete from run_step where run_id = :run_id and step = :step", run_id=run.run_id, step=step)
        self.insert("run_step", run_id=run.run_id, step=step, state="accepted", import_no=1)

    def charged(self, run: Run | None = None) -> list[str]:
        """Every recurring charge as `line first..last quantity net`."""
        rows = self.say(
            "select line_id, lower(days), upper(days) - 1, quantity, net from recurring_charge join line using (line_no)"
            " where cast(:run_id as integer) is null or run_id = :run_id order by line_id, days",
            run_id=run.run_id if run else None,
        )
        return [f"{line_id} {first}..{last} {quantity} {net}" for line_id, first, last, quantity, net in rows]

    def counts(self, run: Run) -> dict[object, tuple[object, ...]]:
        """By line: quantity, rule, clause of the rule, counted, ordered."""
        rows = self.say(
            "select distinct line_id, quantity, count_rule, count_clause, counted, ordered from recurring_charge join line using (line_no)"
            " where run_id = :run_id",
            run_id=run.run_id,
        )
        return {row[0]: row[1:] for row in rows}

    def once(self) -> list[str]:
        """Every one-off charge as `line day quantity net clause`."""
        rows = self.say("select line_id, ordered_on, quantity, net, clause from one_off_charge join line using (line_no) order by line_id")
        return [" ".join(str(cell) for cell in row) for row in rows]


def operator(outside: Outside) -> Operator:
    """A fresh operator in the database of `outside`."""
    fresh = Operator(outside)
    fresh.begin()
    return fresh
