"""HTML pages that need nothing but themselves: templates beside this file, every value escaped."""

import re
from datetime import date, datetime
from decimal import Decimal
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

THOUSANDS = re.compile(r"(?<=\d),(?=\d{3})")
SIGN = re.compile(r"(?<![\w.])-(?=\d)")


def page(template: str, **values: object) -> bytes:
    """Returns the filled template as UTF-8. Values are escaped; a name the template uses and does not get is an error."""
    return _environment().get_template(template).render(**values).encode()


def euro(amount: Decimal) -> str:
    """Returns an amount as finance reads it in a table: 12 345.67, −3.00."""
    return _set(f"{amount:,.2f}")


def signed(amount: Decimal) -> str:
    """Returns a change of an amount with its sign: +12 345.67, −3.00, 0.00."""
    return _set(f"{amount:+,.2f}") if amount else "0.00"


def share(part: Decimal, of: Decimal) -> str:
    """Returns a change as a share of what it changed, with its sign: +8.6 %; nothing when there was nothing to change."""
    return _set(f"{part / abs(of) * 100:+,.1f}\N{NO-BREAK SPACE}%") if of else ""


def tenths(amount: Decimal) -> str:
    """Returns minutes or megabytes: 12 345.6."""
    return _set(f"{amount:,.1f}")


def whole(number: int | Decimal) -> str:
    """Returns a whole number with blanks between thousands."""
    return _set(f"{number:,.0f}" if isinstance(number, Decimal) else f"{number:,}")


def size(count: int) -> str:
    """Returns bytes as people read them: 512 B, 85.9 kB, 12.3 MB."""
    for unit, of in (("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)):
        if count >= of:
            return f"{count / of:.1f}\N{NO-BREAK SPACE}{unit}"
    return f"{count}\N{NO-BREAK SPACE}B"


def day(value: date) -> str:
    """Returns a day in words: 28 October 2026."""
    return f"{value.day} {value:%B %Y}"


def moment(value: datetime) -> str:
    """Returns a moment in words, by the clock it is given in: 28 October 2026 at 14:05."""
    return f"{day(value)} at {value:%H:%M}"


def typeset(sentence: str) -> str:
    """Returns a sentence with its amounts as they stand in tables: +1 345.67, −3.00."""
    return SIGN.sub("\N{MINUS SIGN}", THOUSANDS.sub("\N{NO-BREAK SPACE}", sentence))


def _set(figure: str) -> str:
    """A figure as it is set in type: blanks that do not break, and a true minus."""
    return figure.replace(",", "\N{NO-BREAK SPACE}").replace("-", "\N{MINUS SIGN}")


@cache
def _environment() -> Environment:
    made = Environment(loader=PackageLoader("reports"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.filters.update(
        euro=euro, signed=signed, share=share, tenths=tenths, whole=whole, size=size, day=day, moment=moment, typeset=typeset
    )
    return made
