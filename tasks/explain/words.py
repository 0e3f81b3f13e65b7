"""Numbers, rules and clauses in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from textwrap import shorten

from billing.clause import clauses_of
from billing.period import Period, days_in_month

REGISTER = Path(__file__).parents[2] / "docs" / "register.md"
TEXT_AT_MOST = 160


def plain(amount: Decimal) -> str:
    """An amount with at least two decimals and no needless zeros."""
    whole, _, decimals = f"{amount:f}".partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"


def number(quantity: Decimal | int) -> str:
    """A quantity without needless zeros."""
    text = f"{Decimal(quantity):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def exactly(amount: Fraction) -> str:
    """An amount that may not end: cut after six decimals, with a mark where more follow."""
    cut = (Decimal(amount.numerator) / Decimal(amount.denominator)).quantize(Decimal("1e-6"), rounding=ROUND_FLOOR)
    return f"{plain(cut)}{'' if Fraction(cut) == amount else '…'}"


def days(period: Period) -> str:
    """The days of a charge within one month, and how many of the month they are."""
    return f"{period.first} to {period.last}, {period.days} of {days_in_month(period.first)} days"


def product_of_days(quantity: int, unit_price: Decimal, period: Period, net: Decimal) -> str:
    """What days within one month cost, as a person computes it."""
    monthly, of_month = quantity * unit_price, days_in_month(period.first)
    said = f"{quantity} × {plain(unit_price)} = {plain(monthly)}"
    if period.days < of_month:
        exact = Fraction(monthly) * period.days / of_month
        return f"{said} × {period.days}/{of_month} = {exactly(exact)}{rounded(exact, net)}"
    return f"{said}, a whole month{rounded(Fraction(monthly), net)}"


def rounded(exact: Fraction, net: Decimal) -> str:
    """How the exact amount became the amount on the document."""
    return "" if exact == Fraction(net) else f", rounded half-up to the cent = {plain(net)}"


def rule(function: Callable[..., object], said: str = "") -> str:
    """The function that carries a rule out, with its clauses, and what the first of them says unless it is the clause `said` already."""
    clauses = clauses_of(function)
    text = "" if said in clauses else clause_text(clauses[0])
    return f"{function.__module__}.{function.__qualname__} ({', '.join(clauses)}){f'; {clauses[0]}: {text}' if text else ''}"


@cache
def clause_text(clause: str) -> str:
    """The rule of a clause in one line, empty where the register is not at hand."""
    try:
        register = REGISTER.read_text(encoding="utf-8")
    except OSError:
        return ""
    found = re.search(rf"^### {re.escape(clause)}\n(.*?)(?=^###? |\Z)", register, re.MULTILINE | re.DOTALL)
    said = re.search(r"^Rule[^:\n]*: (.+)$", found[1], re.MULTILINE) if found else None
    return shorten(said[1], TEXT_AT_MOST, placeholder=" …") if said else ""


__all__ = ["clause_text", "days", "exactly", "number", "plain", "product_of_days", "rounded", "rule"]
