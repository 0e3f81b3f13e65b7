"""Small worlds to rate in: the columns the rule takes, made from calls written one by one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import numpy as np

from billing.minimum_service import Suspension
from billing.packs import PackContent, PackLine, Packs, Pool, Pools
from billing.rating import Kind, Line, Rating, Reason, Status, Usage, micros_since_1970
from billing.roaming import RoamingLimits, RoamingUser
from billing.tariff import DECKS, Rate, Tariff
from billing.visited import code_of
from tests.rules.rating_oracle import Answer, Call, Oracle, OrderLine

KINDS = {"voice": Kind.VOICE, "sms": Kind.SMS, "data": Kind.DATA}


def columns(calls: Sequence[Call]) -> Usage:
    def ints(values: Iterable[int]) -> np.ndarray:
        return np.fromiter(values, dtype=np.int64, count=len(calls))

    return Usage(
        usage_no=ints(call.usage_no for call in calls),
        line_no=ints(call.line_no for call in calls),
        kind=ints(KINDS[call.kind] for call in calls),
        outgoing=np.array([call.outgoing for call in calls], dtype=np.bool_),
        callee_key=ints(-int(call.callee[1:]) if call.callee.startswith("s") else int(call.callee or 0) for call in calls),
        started=ints(micros_since_1970(call.started) for call in calls),
        quantity=ints(call.quantity for call in calls),
        visited=ints(code_of(call.visited) for call in calls),
    )


@dataclass
class World:
    """Lines, decks and packs, and what earlier closes took of the pools."""

    lines: Sequence[OrderLine]
    rates: Sequence[Rate]
    packs: Sequence[PackLine] = ()
    contents: Sequence[PackContent] = ()
    charged: dict[tuple[int, date], int] = field(default_factory=dict)
    earlier: dict[Pool, int] = field(default_factory=dict)
    suspensions: Sequence[Suspension] = ()
    caps: dict[date, int] = field(default_factory=dict)  # MB
    roamed_before: dict[RoamingUser, int] = field(default_factory=dict)
    pools: Pools | None = None
    roaming: RoamingLimits | None = None
    reasons: dict[int, Reason] = field(default_factory=dict)
    billed: dict[int, int] = field(default_factory=dict)

    def close(self, *batches: Sequence[Call]) -> dict[int, Answer]:
        """The answers of one close that is given the calls in these batches."""
        packs = Packs(self.packs, self.contents, self.charged)
        self.pools = Pools(packs, self.earlier)
        callers = {call.usage_no: call.caller for batch in batches for call in batch}
        self.roaming = RoamingLimits(packs, self.caps, self.roamed_before, lambda numbers: [callers[n] for n in numbers.tolist()])
        ids = {call.usage_no: call.usage_id for batch in batches for call in batch}
        lines = [
            Line(
                line.line_no,
                DECKS.index(line.deck),
                line.starts_on,
                line.ends_on,
                line.contract,
                line.client,
                Reason.NONE if line.in_force else Reason.CONTRACT_NOT_IN_FORCE,
            )
            for line in self.lines
        ]
        rating = Rating(
            lines,
            Tariff(self.rates),
            self.pools,
            lambda numbers: [ids[n] for n in numbers.tolist()],
            emergency=[112],
            roaming=self.roaming,
            suspensions=self.suspensions,
        )
        answers: dict[int, Answer] = {}
        for batch in batches:
            answers |= self._batch(rating, batch)
        return answers

    def _batch(self, rating: Rating, batch: Sequence[Call]) -> dict[int, Answer]:
        rated = rating.rate(columns(batch))
        answers = {}
        for at, call in enumerate(batch):
            row = int(rated.rate[at])
            answers[call.usage_no] = Answer(
                self.rates[row].rate_no if row >= 0 else 0,
                int(rated.in_pack[at]),
                int(rated.charged[at]),
                Decimal(int(rated.price_cents[at])) / 100,
                Status(int(rated.status[at])).name.lower(),
                int(rated.beyond[at]),
            )
            self.reasons[call.usage_no] = Reason(int(rated.reason[at]))
            self.billed[call.usage_no] = int(rated.billed[at])
        return answers

    def oracle(self) -> Oracle:
        return Oracle(self.lines, self.rates, self.packs, self.contents, self.charged, suspensions=self.suspensions, caps=self.caps)
