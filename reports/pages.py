"""HTML pages that need nothing but themselves: templates beside this file, every value escaped."""

from datetime import date
from decimal import Decimal
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined


def page(template: str, **values: object) -> bytes:
    """Returns the filled template as UTF-8. Values are escaped; a name the template uses and does not get is an error."""
    return _environment().get_template(template).render(**values).encode()


def euro(amount: Decimal) -> str:
    """Returns an amount as finance reads it in a table: 12 345.67."""
    return f"{amount:,.2f}".replace(",", "\N{NO-BREAK SPACE}")


def whole(number: int) -> str:
    """Returns a whole number with blanks between thousands."""
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")


def day(value: date) -> str:
    """Returns a day in words: 28 October 2026."""
    return f"{value.day} {value:%B %Y}"


@cache
def _environment() -> Environment:
    made = Environment(loader=PackageLoader("reports"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.filters.update(euro=euro, whole=whole, day=day)
    return made
