"""How one cell of the feed is read: each reader turns its text into a value, or says in plain words why it cannot."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache

from billing.tariff import useless_country

Value = str | int | bool | date | datetime | Decimal | None
Reader = Callable[[str], Value]

KEY_LENGTH = 200  # an id is indexed, and an index entry has a limit
TEXT_LENGTH = 4000
WHOLE_NUMBER_AT_MOST = 2**31 - 1
NUMBER_LENGTH = 24  # what Decimal keeps exactly
WHOLE_DIGITS = 8  # numeric(14,6)
SMALLEST_DEPOSIT = Decimal("0.01")
SUSPENSION_CLAUSES = ("CG-2.c", "CG-2.f", "GC-9.1.a", "GC-9.1.b", "GC-9.1.c", "GC-9.1.d", "GC-9.2", "BT-2.k", "ST-2.f")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:?[0-9]{2})")
_PREFIX = "[0-9]{1,15}|s[0-9]{1,15}|(?:sms|data)[0-9]{0,15}"
_ANY_PREFIX = "(?:s|sms|data)?[0-9]{0,15}"
_NOT_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})


class Unreadable(Exception):
    """A cell that cannot be used; the message is the reason and the way out, without the value."""


def text(cell: str) -> str:
    """The cell as it stands."""
    return _at_most(cell, TEXT_LENGTH)


def identifier(cell: str) -> str:
    """An id: any text short enough to be looked up."""
    return _at_most(cell, KEY_LENGTH)


def one_of(*allowed: str) -> Reader:
    """A reader of a small set of words."""

    def read(cell: str) -> str:
        if cell in allowed:
            return cell
        raise Unreadable(f"not one of {', '.join(allowed)}; give one of these, in lower case")

    return read


def day(cell: str) -> date:
    """An ISO day."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", cell):
        raise Unreadable("not a day; write year-month-day, as in 2026-10-28")
    try:
        return date.fromisoformat(cell)
    except ValueError:
        raise Unreadable("there is no such day; check month and day") from None


def instant(cell: str) -> datetime:
    """An ISO timestamp with its zone, in UTC."""
    if not INSTANT.fullmatch(cell):
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?", cell):
            raise Unreadable("the time has no zone; write it in UTC with a Z, as in 2026-10-03T08:15:30Z")
        raise Unreadable("not a timestamp; write it in UTC, as in 2026-10-03T08:15:30Z")
    try:
        return datetime.fromisoformat(cell).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unreadable("there is no such day or time; check the figures") from None


def whole_number(at_least: int = 0, at_most: int = WHOLE_NUMBER_AT_MOST) -> Callable[[str], int]:
    """A reader of whole numbers from `at_least` to `at_most`."""

    def read(cell: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,24}", cell):
            raise Unreadable("not a whole number; write digits only, as in 12")
        number = int(cell)
        if number < at_least:
            raise Unreadable(f"less than {at_least}; give {at_least} or more" if at_least else "negative; give 0 or more")
        if number > at_most:
            raise Unreadable(f"more than {at_most}; check the figure")
        return number

    return read


def decimal(places: int, *, signed: bool = False) -> Reader:
    """A reader of decimal numbers with at most `places` decimals; negative ones only when `signed`."""

    def read(cell: str) -> Decimal:
        if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", cell):
            raise Unreadable(_why_no_number(cell))
        if len(cell) > NUMBER_LENGTH:
            raise Unreadable(f"longer than {NUMBER_LENGTH} characters; check the figure")
        number = Decimal(cell).normalize()
        if number < 0 and not signed:
            raise Unreadable("negative; give 0 or more")
        if number.adjusted() >= WHOLE_DIGITS:
            raise Unreadable(f"more than {WHOLE_DIGITS} digits before the point; check the figure")
        if -int(number.as_tuple().exponent) > places:
            raise Unreadable(f"more than {places} decimals; round it to {places}")
        return number + 0  # no negative zero

    return read


def truth(cell: str) -> bool:
    """`true` or `false`."""
    if cell not in ("true", "false"):
        raise Unreadable("not a yes or no; write true or false")
    return cell == "true"


def deposit(cell: str) -> Decimal | None:
    """The deposit a contract asks for: an amount, or `true` for one of no set amount; `false` and 0 are none."""
    if cell == "true":
        return SMALLEST_DEPOSIT
    if cell == "false":
        return None
    try:
        return decimal(2)(cell) or None  # type: ignore[return-value]  # the reader gives decimals
    except Unreadable as why:
        raise Unreadable(f"{why} (an amount, true or false)") from None


def country(cell: str) -> str:
    """A country of ISO 3166-1 alpha-2."""
    if cell in _countries():
        return cell
    hint = {"UK": "; the United Kingdom is GB", "EL": "; Greece is GR"}.get(cell.upper(), "")
    raise Unreadable(f"not a country code of two capitals, as in BE{hint}")


def rate_prefix(cell: str) -> str:
    """The beginning of called numbers: E.164 digits, or a short code after `s`; `sms…` and `data…` for the other kinds of usage.

    With the country it was made in before it, `us:32`; `us:` alone is any number.
    """
    visited, colon, rest = cell.rpartition(":")
    if not re.fullmatch(_ANY_PREFIX if colon else _PREFIX, rest) or not re.fullmatch("[a-z]{2}" if colon else "", visited):
        raise Unreadable("not a prefix; write digits without + or 00, as in 324, or a short code after s, as in s112")
    reason = useless_country(cell)
    if reason:
        raise Unreadable(reason)
    if colon and visited.upper() not in _countries() | {"EU"}:
        raise Unreadable(f"there is no country {visited.upper()}; begin with the two letters of one, as in us:32")
    return cell


def suspension_clause(cell: str) -> str:
    """The clause a service is suspended under."""
    if cell in SUSPENSION_CLAUSES:
        return cell
    raise Unreadable(f"not a clause that allows a suspension; give one of {', '.join(SUSPENSION_CLAUSES)}")


def written(value: Value) -> str | None:
    """The value as COPY and JSON take it: ISO days and instants, plain decimals, None for nothing."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):  # a datetime too
        return value.isoformat()
    return str(value)


def _at_most(cell: str, length: int) -> str:
    if len(cell) > length:
        raise Unreadable(f"longer than {length} characters; shorten it")
    return cell


def _why_no_number(cell: str) -> str:
    if "," in cell:
        return "a comma in a number; write the decimals after a point and no thousands separator, as in 1.50"
    return "not a number; write digits with a decimal point, as in 1.50"


@cache
def _countries() -> frozenset[str]:
    from babel import Locale

    return frozenset(str(code) for code in Locale("en").territories if re.fullmatch("[A-Z]{2}", str(code))) - _NOT_COUNTRIES


__all__ = [
    "CONTROL",
    "INSTANT",
    "KEY_LENGTH",
    "Reader",
    "Unreadable",
    "Value",
    "country",
    "day",
    "decimal",
    "deposit",
    "identifier",
    "instant",
    "one_of",
    "rate_prefix",
    "suspension_clause",
    "text",
    "truth",
    "whole_number",
    "written",
]
