"""A year of dunning: every working day the world lives on, finance and the platform do their part, the product runs, the judge looks."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sqlalchemy import event, text

from tasks import gates
from tasks.dunning import DunningReceipt, run_dunning
from tasks.outside import Outside
from tasks.steps import charge_late_payment
from tasks.suspension.deciding import approve, reject
from tests.databases import locks_given_back
from tests.dunning_judge import Judge
from tests.dunning_world import World
from tests.plain_dunning import ONE_DAY, days, each_day, is_working

STATE = """
select concat_ws(' ', 'letter', notice_id, payer_id, level, noticed_on, open_amount, path, sha256) as row from dunning_notice
union all select concat_ws(' ', 'delivery', delivery_id, state, message_id, attempts) from delivery
union all select concat_ws(' ', 'document', invoice_id, number, gross) from invoice where kind = 'debit_note'
union all select concat_ws(' ', 'charge', run_id, charge_no, amount) from late_charge
union all select concat_ws(' ', 'order', order_no, payer_id, measure, state, sent_on) from suspension_order
"""


Work = Callable[[Outside, date], object]


class Killed(BaseException):
    """What ends a run in the middle: nothing in the product catches it."""


@dataclass
class Year:
    """How a year goes on.

    On these shares of the days it runs twice (`again`), is ended somewhere and run again (`killed`), or runs though nobody works (`idle`).
    """

    outside: Outside
    world: World
    judge: Judge
    again: float = 0.0
    killed: float = 0.0
    idle: float = 0.1
    approves: float = 0.4
    before: Work | None = gates.check_before_dunning
    after: Work | None = gates.check_dunning
    charge: Work | None = charge_late_payment
    statements: int = 200  # that the last run took
    acknowledged: set[int] = field(default_factory=set)
    figures: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.dice = random.Random(f"{self.world.seed} year")
        self.figures |= {"killed": 0, "again": 0}

    def live(self, last: date) -> list[str]:
        """Live up to a day; returns what the judge finds on the first day on which it finds anything."""
        for today in each_day(self.world.today + ONE_DAY, last):
            if (is_working(today) or self.dice.random() < self.idle) and (found := self.day(today)):
                return found
        return []

    def day(self, today: date) -> list[str]:
        """A day on which the product runs."""
        self.world.live_until(today)
        self._decide(today)
        self._carry_out(today)
        if self.dice.random() < self.killed:
            self._run_and_die(today)
        self._run(today)
        found = self.judge.findings(today)
        for note in self.judge.notes:
            self.world.plan(note)
        for letter in self.judge.new:
            self.world.receive(letter)
        if self.dice.random() < self.again:
            found += self._run_again(today)
        return found

    # ------------------------------------------------------------------------------------------------ the product

    def _dun(self, today: date) -> DunningReceipt:
        """As the flow does it: behind its two gates, with the late charges of the month."""
        return run_dunning(self.outside, today, check_before=self.before, check=self.after, charge=self.charge)

    def _run(self, today: date) -> None:
        seen = 0

        def count(*_: object) -> None:
            nonlocal seen
            seen += 1

        event.listen(self.outside.engine, "before_cursor_execute", count)
        try:
            self._dun(today)
        finally:
            event.remove(self.outside.engine, "before_cursor_execute", count)
        self.statements = max(seen, 20)

    def _run_and_die(self, today: date) -> None:
        """A run that ends before some statement, if it takes that many."""
        left = self.dice.randint(1, self.statements + 20)

        def die(*_: object) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                raise Killed

        event.listen(self.outside.engine, "before_cursor_execute", die)
        try:
            self._dun(today)
        except Killed:
            self.figures["killed"] += 1
        finally:
            event.remove(self.outside.engine, "before_cursor_execute", die)
        locks_given_back(self.outside.engine.url, patience_s=5.0)  # one that is never given back is a fault

    def _run_again(self, today: date) -> list[str]:
        """The same day again does nothing new."""
        before = self._state()
        receipt = self._dun(today)
        self.figures["again"] += 1
        changed = sorted(before ^ self._state())
        return [f"{today}: run again, it changed {changed}"] if receipt.newly_sent or changed else []

    def _state(self) -> set[str]:
        with self.outside.engine.connect() as conn:
            return {str(row) for row in conn.execute(text(STATE)).scalars()} | {f"{self.mails()} mails"}

    def mails(self) -> int:
        """How many mails have left."""
        folder = Path(self.outside.settings.smtp_url.removeprefix("maildir:")) / "new"
        return sum(1 for _ in folder.iterdir()) if folder.is_dir() else 0

    def message_ids(self) -> list[str]:
        """The Message-IDs of the mails that have left."""
        folder = Path(self.outside.settings.smtp_url.removeprefix("maildir:")) / "new"
        heads = (path.read_bytes().partition(b"\n\n")[0].decode() for path in folder.iterdir())
        return [line.split()[1] for head in heads for line in head.splitlines() if line.lower().startswith("message-id:")]

    # ------------------------------------------------------------------------------------------------ finance and the platform

    def _decide(self, today: date) -> None:
        """Finance looks at what is proposed: some orders wait, most are approved, a few rejected."""
        for number, row in self.judge.orders.items():
            if row["state"] == "proposed":
                fate = self.dice.random()
                if fate < self.approves:
                    approve(self.outside.engine, number, by="Finance", on=today)
                elif fate > 0.97:
                    reject(self.outside.engine, number, by="Finance", on=today, reason="they called")

    def _carry_out(self, today: date) -> None:
        """The platform acknowledges what it has carried out, sooner or later."""
        folder = Path(self.outside.settings.out) / "orders"
        for number, row in self.judge.orders.items():
            if row["state"] == "sent" and number not in self.acknowledged and self.dice.random() < 0.6:
                self.acknowledged.add(number)
                effective = max(row["ordered_on"], today - days(self.dice.randint(0, 1)))
                told = json.dumps({"effective_on": str(effective)})
                (folder / f"order-{number:06}.ack.json").write_text(told)
