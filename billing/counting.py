"""How many units of a line a close charges: what the platform counts, what was ordered, and the three minimums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from billing.clause import carries_out
from billing.order import COUNTED_KINDS, OrderLine
from billing.period import months_after

CountRule = Literal["counted", "ordered", "minimum_users", "minimum_term", "twelve_months"]

# Where the terms say that a service's recurring elements are charged as configured (or as ordered, where nothing is counted).
COUNT_CLAUSE = {"business_telephony": "BT-2.f", "sip_trunking": "ST-2.b", "web_meeting": "WM-2.b", "telavox": "GC-5.1"}
TWELVE_MONTHS_CLAUSE = {"business_telephony": "BT-2.i", "sip_trunking": "ST-2.e"}


@dataclass(frozen=True, slots=True)
class Element:
    """A number of a line that the platform has shown: the first snapshot that did, and whether the latest one still does."""

    first_day: date
    is_there: bool


@dataclass(frozen=True, slots=True)
class History:
    """What earlier closes charged of a line: at the last one before the current quarter, and at most since."""

    before_quarter: int | None
    since: int | None


@dataclass(frozen=True, slots=True)
class Count:
    """The quantity charged, which rule set it, the clause behind that, and the two numbers it was taken from."""

    quantity: int
    rule: CountRule | Literal["previous_invoice"]  # of a balance, nothing is counted
    clause: str
    counted: int | None  # None = not counted, or never seen on the platform
    ordered: int


NO_HISTORY = History(None, None)


def count(
    line: OrderLine, counted: int | None, *, term_runs: bool, first_day: date, history: History, elements: Sequence[Element]
) -> Count:
    """Returns the quantity of a line for every day a close charges.

    `counted` is the number of elements of the product's kind in the latest snapshot, None when no snapshot ever showed an
    element of the line; `first_day` is the first day the close charges; `history` is used for Business Telephony users
    and `elements` for international numbers only.
    """
    if line.kind not in COUNTED_KINDS:
        return Count(line.quantity, "ordered", COUNT_CLAUSE[line.service], None, line.quantity)
    if line.kind == "user" and line.service == "business_telephony":
        return users(line, counted, history)
    if counted is None:
        return delayed(line)
    if line.kind == "national_number":
        return as_counted(line, counted)
    if line.kind == "international_number" and line.service in TWELVE_MONTHS_CLAUSE:
        return international_numbers(line, counted, elements, first_day)
    return minimum_term(line, counted, term_runs)


@carries_out("BT-2.f", "BT-2.g", "GC-3.2")
def as_counted(line: OrderLine, counted: int) -> Count:
    """Returns the count of the platform: increases and reductions apply without notice."""
    return Count(counted, "counted", COUNT_CLAUSE[line.service], counted, line.quantity)


@carries_out("GC-5.4")
def delayed(line: OrderLine) -> Count:
    """Returns the quantity ordered, for a line the platform has never shown: a delay of the client does not lower the fees."""
    return Count(line.quantity, "ordered", "GC-5.4", None, line.quantity)


@carries_out("BT-2.h")
def reference_users(ordered: int, history: History) -> int:
    """Returns R: the users charged at the last close of the previous quarter (ordered, at the first), or more if more since."""
    reference = ordered if history.before_quarter is None else history.before_quarter
    return max(reference, history.since or 0)


@carries_out("BT-2.h")
def minimum_users(reference: int) -> int:
    """Returns the fewest users that can be charged this quarter: R less a tenth, the tenth rounded down."""
    return reference - reference // 10


@carries_out("BT-2.h")
def users(line: OrderLine, counted: int | None, history: History) -> Count:
    """Returns the Business Telephony users charged: the count, but at most 10 % fewer a quarter."""
    unhindered = delayed(line) if counted is None else as_counted(line, counted)
    minimum = minimum_users(reference_users(line.quantity, history))
    if unhindered.quantity >= minimum:
        return unhindered
    return Count(minimum, "minimum_users", "BT-2.h", counted, line.quantity)


@carries_out("CG-3.a", "BT-2.f")
def minimum_term(line: OrderLine, counted: int, term_runs: bool) -> Count:
    """Returns at least the quantity ordered while the minimum term runs, then the count."""
    if term_runs and counted < line.quantity:
        return Count(line.quantity, "minimum_term", "CG-3.a", counted, line.quantity)
    return as_counted(line, counted)


@carries_out("BT-2.i", "ST-2.e")
def international_numbers(line: OrderLine, counted: int, elements: Sequence[Element], first_day: date) -> Count:
    """Returns the numbers there now, and those removed whose twelve months since their first day still run on `first_day`."""
    held = sum(element.is_there or months_after(element.first_day, 12) > first_day for element in elements)
    if held > counted:
        return Count(held, "twelve_months", TWELVE_MONTHS_CLAUSE[line.service], counted, line.quantity)
    return as_counted(line, counted)
