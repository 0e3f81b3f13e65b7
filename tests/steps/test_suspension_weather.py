"""Weeks of orders to a platform with good and bad days: whatever it answers, in the end nobody stays limited without a ground."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest

from tasks import suspension
from tasks.ledger import Stopped
from tasks.outside import Outside
from tasks.suspension.acknowledging import acknowledge
from tasks.suspension.deciding import approve, reject
from tasks.suspension.orders import OrderRow
from tests.steps.platform_server import HANG_UP, PlatformServer, Reply, done
from tests.steps.suspension_scene import ORDERED, Arrears
from tests.steps.test_suspension_platform import to

PAYERS = ("PARTNER", "P1", "P2", "P3")
DAYS = 14


@dataclass
class Weather:
    """What happens on the days of a seed: money and deposits come and do not come, finance decides, the platform is well or not."""

    scene: Arrears
    platform: PlatformServer
    chance: random.Random
    invoices: dict[str, str] = field(default_factory=dict)
    paid: set[str] = field(default_factory=set)
    asked: dict[str, int] = field(default_factory=lambda: dict.fromkeys(PAYERS, 0))
    given: dict[str, int] = field(default_factory=lambda: dict.fromkeys(PAYERS, 0))

    def begin(self) -> None:
        self.invoices["PARTNER"] = "2026-000001"
        for payer in PAYERS[1:]:
            self.scene.payer(payer)
            self.scene.service(payer, payer)
            self.invoices[payer] = self.scene.invoice(self.scene.run, payer, "50.00")
            self.scene.remind(payer, [self.invoices[payer]])

    def day(self, on: date) -> None:
        for payer in PAYERS:
            if self.chance.random() < 0.12:
                self.pay(payer, on)
            if self.chance.random() < 0.3:
                self.ask_or_give(payer, on)
        self.scene.review(on, *(payer for payer in PAYERS if payer not in self.paid), suspension_approval=self.approval())
        for order in self.scene.orders():
            if order.row.state == "proposed" or (order.row.state == "approved" and order.row.refused_on):
                self.decide(order.row, on)
        self.platform.replies = [self.chance.choice(self.answers(on)) for _ in range(6)]
        suspension.send(to(self.platform, self.scene.outside, platform_attempts=2), on)
        for order in self.scene.orders():
            if order.row.state == "sent" and self.chance.random() < 0.2:
                acknowledge(self.scene.outside.engine, order.row.order_no, on)

    def approval(self) -> str:
        return self.chance.choice(["automatic", "finance"])

    def decide(self, row: OrderRow, on: date) -> None:
        if self.chance.random() < 0.7:
            approve(self.scene.outside.engine, row.order_no, by="Nora", on=on)
        elif row.maybe_sent_on is not None:
            with pytest.raises(Stopped, match="may have reached the platform"):
                reject(self.scene.outside.engine, row.order_no, by="Nora", on=on, reason="talks")
        elif self.chance.random() < 0.3:
            reject(self.scene.outside.engine, row.order_no, by="Nora", on=on, reason="talks")

    @staticmethod
    def answers(on: date) -> list[Reply]:
        return [done(f"{on}"), done(f"{on}"), (202, ""), (500, ""), (400, "no"), HANG_UP]

    def pay(self, payer: str, on: date) -> None:
        if payer not in self.paid:
            self.scene.paid(self.invoices[payer], "121.00" if payer == "PARTNER" else "50.00", on)
            self.paid.add(payer)

    def ask_or_give(self, payer: str, on: date) -> None:
        """A deposit of 100 more is asked and was due yesterday, or what is missing of it comes."""
        if self.asked[payer] > self.given[payer]:
            number = f"{payer} {on}"
            self.scene.record("deposits", number, payer_id=payer, on=on, amount=self.asked[payer] - self.given[payer], kind="deposit")
            self.given[payer] = self.asked[payer]
        else:
            self.asked[payer] += 100
            day = on - timedelta(days=1)
            self.scene.record("deposit_requests", f"{payer} {on}", payer_id=payer, on=day, amount=self.asked[payer], due_by=day)

    def has_ground(self, payer: str) -> bool:
        return payer not in self.paid or self.asked[payer] > self.given[payer]

    def check(self) -> None:
        """What must hold at the end of every day."""
        orders = self.scene.orders()
        for payer in PAYERS:
            theirs = [order.row for order in orders if order.row.payer_id == payer]
            assert sum(row.waits or row.suspends for row in theirs) <= 1
            assert self.has_ground(payer) or not any(row.suspends for row in theirs)
            carried = [told["order"] for told in self.platform.carried_out.values() if told["payer"] == payer]
            assert carried == sorted(carried)
            withdrawn = {row.order_no for row in theirs if row.state in {"withdrawn", "rejected", "proposed"}}
            assert not withdrawn & set(carried)
        assert self.platform.forged == 0


@pytest.mark.clause("CG-2.c", "GC-9.1.a", "GC-9.1.b", "BT-2.k", "ST-2.f")
@pytest.mark.parametrize("seed", range(6))
def test_whatever_the_platform_answers_whoever_pays_is_restored_in_the_end(outside: Outside, tmp_path: Path, seed: int) -> None:
    with PlatformServer(tmp_path) as platform:
        weather = Weather(Arrears(outside), platform, random.Random(seed))
        weather.begin()
        for number in range(DAYS):
            weather.day(ORDERED + timedelta(days=number))
            weather.check()
        assert platform.carried_out
        last = ORDERED + timedelta(days=DAYS)
        for payer in PAYERS:
            weather.pay(payer, last)
            if weather.asked[payer] > weather.given[payer]:
                weather.ask_or_give(payer, last)
        platform.replies = [done(f"{last}")]
        for _ in range(2):
            weather.scene.review(last)
            suspension.send(to(platform, outside), last)
        weather.check()
        final = {told["payer"]: told["measure"] for told in platform.carried_out.values()}
        assert set(final.values()) == {"restore"}
        assert [row for row in weather.scene.on_minimum_service() if row[2] is None] == []
        assert not [order for order in weather.scene.orders() if order.row.waits or order.row.suspends]
