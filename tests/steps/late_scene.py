"""A stage for late charges: issued invoices that are paid late or not at all, letters, costs, restored services, and the runs of months."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import sql
from tasks import issue
from tasks.late_charges import charge_month, charging, debit_notes
from tasks.late_charges.limits import limits_of_late_charges
from tasks.ledger import Receipt, Run, Step, find_run, run_step
from tasks.outside import Outside
from tasks.payments import pay
from tasks.steps import charge_late_payment
from tests.steps.delivery_scene import Scene

D = Decimal


class LateScene(Scene):
    """Payer ALFA (English) with a contract of 30 days; cases add the rest."""

    def __init__(self, outside: Outside) -> None:
        super().__init__(outside)
        self.someone("ALFA")

    def someone(self, payer_id: str, *, mail: str = "a@b.example", language: str = "en", terms: str = "allocloud", days: int = 30) -> None:
        """A payer with one contract C."""
        self.payer(payer_id, mail=mail, language=language, name=f"Client {payer_id}")
        self.say(
            "insert into contract (contract_id, version, valid_import, payer_id, terms, starts_on, payment_days)"
            " values (:contract, 1, 1, :payer, :terms, '2026-01-01', :days)",
            contract=f"C-{payer_id}", payer=payer_id, terms=terms, days=days,
        )  # fmt: skip

    def readdressed(self, payer_id: str, mail: str) -> None:
        """Another mail address, from a new import on."""
        [(import_no,)] = self.say("insert into import_run (feed) values ('test') returning import_no")
        given = {"id": payer_id, "n": import_no}
        self.say("update party set superseded_import = :n where party_id = :id and superseded_import is null", **given)
        columns = "party_id, role, name, language, delivery, street, postal_code, city, country"
        self.say(
            f"insert into party ({columns}, version, valid_import, billing_emails)"
            f" select {columns}, version + 1, :n, :mail from party where party_id = :id order by version desc limit 1",
            **given, mail=mail,
        )  # fmt: skip

    def due(self, due_on: str, gross: str = "1000.00", payer_id: str = "ALFA") -> str:
        """An invoice that was due on a day, issued 30 days before; returns its number."""
        issued = date.fromisoformat(due_on).toordinal() - 30
        on = date.fromordinal(issued)
        return self.invoice(self._run_of(on), payer_id, gross)

    def _run_of(self, on: date) -> Run:
        """A close of its own, done: only its day matters."""
        [(taken,)] = self.say("select count(*) from run where kind = 'close'")
        month = date(2000 + int(str(taken)) // 12, int(str(taken)) % 12 + 1, 1)
        [(run_id,)] = self.say("insert into run (kind, period, run_on) values ('close', :month, :on) returning run_id", month=month, on=on)
        steps = "('drafts'), ('issue'), ('documents'), ('delivery'), ('report')"
        self.say(
            "insert into run_step (run_id, step, state, import_no, accepted_at, staged_at, began_at)"
            f" select :run, step, 'accepted', 1, now(), now(), now() from (values {steps}) as done (step)",
            run=run_id,
        )
        return replace(find_run(self.outside.engine, int(str(run_id))), period=None)

    def paid(self, number: str, amount: str, on: str) -> None:
        """A payment of an invoice."""
        pay(self.outside.engine, number, D(amount), date.fromisoformat(on))

    def letter(
        self, number: str, on: str, *, level: int = 2, fee: str = "10.00", cost: str = "0.00", state: str = "sent", also: Sequence[str] = ()
    ) -> int:
        """A letter about an invoice, and others it lists too, sent on a day; returns its id."""
        [(payer_id, invoice_id, due_on)] = self.say("select payer_id, invoice_id, due_on from invoice where number = :n", n=number)
        [(delivery_id,)] = self.say(
            "insert into delivery (purpose, payer_id, channel, recipients, message_id, state)"
            " values ('reminder', :payer, 'email', 'a@b.example', :id, :state) returning delivery_id",
            payer=payer_id, id=f"<{number}.{on}.{level}@x>", state=state,
        )  # fmt: skip
        [(notice_id,)] = self.say(
            "insert into dunning_notice (payer_id, policy, level, noticed_on, anchor_invoice_id, anchor_due_on, open_amount, fee,"
            " recovery_cost, clause, delivery_id) values (:payer, 'contract', :level, :on, :invoice, :due, 1, :fee, :cost, 'CG-2.d', :delivery)"
            " returning notice_id",
            payer=payer_id, level=level, on=date.fromisoformat(on), invoice=invoice_id, due=due_on, fee=D(fee), cost=D(cost),
            delivery=delivery_id,
        )  # fmt: skip
        self.say(
            "insert into dunning_notice_invoice (notice_id, invoice_id, open_amount)"
            " select :notice, invoice_id, 1 from invoice where number = any(:listed)",
            notice=notice_id, listed=[number, *also],
        )  # fmt: skip
        return int(str(notice_id))

    def came_back(self, notice_id: int, on: str) -> None:
        """The letter comes back on a day."""
        self.say(
            "update delivery set bounced_on = :on, bounce_reason = 'no such user'"
            " where delivery_id = (select delivery_id from dunning_notice where notice_id = :id)",
            on=date.fromisoformat(on), id=notice_id,
        )  # fmt: skip

    def record(self, table: str, record_id: str, **cells: str) -> None:
        """A row of the feed, as the newest import keeps it: a new version where there is one."""
        [(import_no,)] = self.say("insert into import_run (feed) values ('test') returning import_no")
        given = {"t": table, "id": record_id, "n": import_no}
        self.say(
            "update feed_record set superseded_import = :n where table_name = :t and record_id = :id and superseded_import is null", **given
        )
        self.say(
            "insert into feed_record (table_name, record_id, version, valid_import, record)"
            " select :t, :id, count(*) + 1, :n, cast(:record as jsonb) from feed_record where table_name = :t and record_id = :id",
            **given, record=json.dumps(cells),
        )  # fmt: skip

    def contests(self, number: str, amount: str, opened_on: str, closed_on: str = "") -> None:
        """A dispute of an invoice, or what became of it."""
        self.record(
            "disputes", f"D-{number}", invoice_number=number, amount=amount, opened_on=opened_on, closed_on=closed_on, phase="claim"
        )

    def cost(self, cost_id: str, amount: str, on: str, payer_id: str = "ALFA") -> None:
        """A cost of recovery of the feed."""
        self.record("recovery_costs", cost_id, payer_id=payer_id, amount=amount, on=on, description="Bailiff's writ")

    def restored(self, on: str, payer_id: str = "ALFA") -> None:
        """A service that was limited in October and restored on a day."""
        [(first,)] = self.say(
            "insert into suspension_order (payer_id, measure, ordered_on, idempotency_key, state, decided_by, decided_on, sent_on,"
            " acknowledged_on, effective_on) values (:payer, 'minimum_service', '2026-10-01', :key, 'acknowledged', 'x', '2026-10-01',"
            " '2026-10-01', '2026-10-01', '2026-10-01') returning order_no",
            payer=payer_id, key=f"{payer_id} {on} a",
        )  # fmt: skip
        self.say(
            "insert into suspension_order (payer_id, measure, restores_order_no, ordered_on, idempotency_key, state, decided_by, decided_on,"
            " sent_on, acknowledged_on, effective_on) values (:payer, 'restore', :first, :on, :key, 'acknowledged', 'x', :on, :on, :on, :on)",
            payer=payer_id, first=first, on=date.fromisoformat(on), key=f"{payer_id} {on} b",
        )  # fmt: skip

    def whole_day(self, on: str) -> str:
        """What the late charges of a day did, in words; empty when nothing was due. With documents, mails and all gates."""
        receipt = charge_late_payment(self.outside, date.fromisoformat(on))
        return "" if receipt is None else str(receipt)

    def day(self, on: str) -> str:
        """The same up to the numbers of the debit notes, each gate by its one look at the ledger alone: a year of months in seconds."""
        receipt = charge_month(self.outside, date.fromisoformat(on), self._to_the_numbers)
        return "" if receipt is None else str(receipt)

    def _to_the_numbers(self, outside: Outside, run: Run) -> None:
        steps = {"late_charges": charging.stage, "drafts": debit_notes.stage, "issue": issue.stage, "report": lambda *_: Receipt()}
        for name, stage in steps.items():
            gate = None if name == "report" else name
            run_step(outside, find_run(outside.engine, run.run_id), Step(name, stage, gate), self._nothing_wrong)

    def _nothing_wrong(self, outside: Outside, run: Run, gate: str) -> None:
        known = {"run_id": run.run_id, "import_no": run.import_no, "on": run.on, **limits_of_late_charges(outside.settings, run.on)}
        with outside.engine.connect() as conn:
            [counted] = sql.dicts(conn, f"gates/{gate}", **{name: known[name] for name in sql.statement(f"gates/{gate}").compile().params})
        wrong = {
            check: found for check, found in counted.items() if found and check not in ("parked", "parked_share", "dates_out_of_order")
        }
        assert wrong == {}

    def charged(self, month: str = "") -> list[str]:
        """Every late charge as `payer what for amount (charged before)`, of a month or of all, in order."""
        rows = self.say(
            "select c.payer_id, c.what, coalesce(i.number, n.level::text, c.cost_id, 'order'), c.amount, c.charged_before"
            " from late_charge c join run using (run_id) left join invoice i using (invoice_id) left join dunning_notice n using (notice_id)"
            " where :month = '' or to_char(run_on, 'YYYY-MM') = :month order by run_on, charge_no",
            month=month,
        )
        return [f"{payer} {what} {of} {amount}{f' after {before}' if before else ''}" for payer, what, of, amount, before in rows]

    def debit_notes(self) -> list[tuple[object, ...]]:
        """Number, payer, day, due date and gross of each debit note."""
        return self.say(
            "select number, payer_id, issued_on, due_on, gross from invoice where kind = 'debit_note' order by number, invoice_id"
        )

    @property
    def out(self) -> Path:
        """The folder of the results."""
        return Path(self.outside.settings.out)

    @property
    def mailbox(self) -> Path:
        """The folder that mails are delivered to."""
        return Path(self.outside.settings.smtp_url.removeprefix("maildir:"))

    def pdf_of(self, number: str) -> Path:
        """The PDF of a document, in the store."""
        [(path,)] = self.say(
            "select path from document join invoice using (invoice_id) where number = :n and document.kind = 'invoice'", n=number
        )
        return self.out / str(path)


__all__ = ["LateScene"]
