"""Usage records and what becomes of them: kinds, statuses, reasons, and the columns that go into rating and come out of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from billing.tariff import Ints

Flags = NDArray[np.bool_]


class Kind(IntEnum):
    """What was used, and so the unit of the quantity: seconds, messages, bytes."""

    VOICE = 1
    SMS = 2
    DATA = 3


class Status(IntEnum):
    """What became of a record."""

    CHARGED = 1
    IN_PACK = 2
    FREE = 3
    HELD = 4
    UNRATED = 5


class Reason(IntEnum):
    """Why a record is free, held or unrated."""

    NONE = 0
    INCOMING = 1
    NO_QUANTITY = 2
    EMERGENCY = 3
    ZERO_PRICE = 4
    CONTRACT_NOT_IN_FORCE = 5
    LINE_NOT_IN_SERVICE = 6
    LINE_UNKNOWN = 7
    NO_RATE = 8
    NO_RATE_ABROAD = 9
    MINIMUM_SERVICE = 10
    NO_SURCHARGE = 11

    @property
    def text(self) -> str:
        """What a person reads."""
        return _TEXTS[self]


_TEXTS = {
    Reason.NONE: "",
    Reason.INCOMING: "incoming usage is not priced",
    Reason.NO_QUANTITY: "nothing was used",
    Reason.EMERGENCY: "emergency and help numbers are always free",
    Reason.ZERO_PRICE: "its rate is zero",
    Reason.CONTRACT_NOT_IN_FORCE: "the contract is not in force on the close date",
    Reason.LINE_NOT_IN_SERVICE: "the line was not in service on the day of the call",
    Reason.LINE_UNKNOWN: "the line is on no order",
    Reason.NO_RATE: "no prefix of the number has a rate on the day of the call",
    Reason.NO_RATE_ABROAD: "no rate for the visited country",
    Reason.MINIMUM_SERVICE: "made while on minimum service: barring failed",
    Reason.NO_SURCHARGE: "no surcharge rate for data beyond the roaming limit",
}


@dataclass(frozen=True, slots=True)
class Usage:
    """Records as columns, one entry a record.

    `started` is in microseconds since 1970 UTC; for `callee_key` see `billing.phone_numbers`, for `visited` `billing.visited`.
    """

    usage_no: Ints
    line_no: Ints
    kind: Ints
    outgoing: Flags
    callee_key: Ints
    started: Ints
    quantity: Ints
    visited: Ints

    def __len__(self) -> int:
        return len(self.usage_no)

    def at(self, rows: Ints) -> Usage:
        """Some of the records."""
        return Usage(*(getattr(self, name)[rows] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Rated:
    """The results, one entry a record: `rate` is a row of the tariff (NONE = none), quantities in the unit of the kind, price in cents.

    `beyond` is the part of `charged` past the roaming limit, `beyond_rate_no` the number of the rate it is priced at (0 = none).
    """

    rate: Ints
    in_pack: Ints
    charged: Ints
    billed: Ints
    price_cents: Ints
    status: Ints
    reason: Ints
    beyond: Ints
    beyond_rate_no: Ints


__all__ = ["Flags", "Kind", "Rated", "Reason", "Status", "Usage"]
