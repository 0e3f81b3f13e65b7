"""What a gate checks: one number per check, how large it may be, and what a person does when it is larger."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Severity = Literal["critical", "warning"]


@dataclass(frozen=True, slots=True)
class Limit:
    """The setting a limit is read from, and how many times it."""

    setting: str
    times: int = 1


@dataclass(frozen=True, slots=True)
class Check:
    """One expectation of a gate.

    `name` is the column of the gate's one-row summary that counts the offences; a name that ends in `_share` is a part of 1,
    one that ends in `_days` a number of days. `says` is what must hold and `advice` what to do when it does not, both in words of
    finance. `at_most` is the largest value that passes. `examples` is the query (under `gates/`) that names up to twenty offenders.
    """

    name: str
    severity: Severity
    clause: str
    says: str
    advice: str
    at_most: int | Decimal | Limit = 0
    examples: str = ""


@dataclass(frozen=True, slots=True)
class Suite:
    """All checks of one gate; `gate` is also the name of the query that sums it up in one pass."""

    gate: str
    title: str
    checks: tuple[Check, ...]


def critical(name: str, clause: str, says: str, advice: str, *, at_most: int | Decimal | Limit = 0, examples: str = "") -> Check:
    """Returns a check whose failure stops the run before anything of the step is accepted."""
    return Check(name, "critical", clause, says, advice, at_most, examples)


def warning(name: str, clause: str, says: str, advice: str, *, at_most: int | Decimal | Limit = 0, examples: str = "") -> Check:
    """Returns a check whose failure is shown to finance and lets the run go on."""
    return Check(name, "warning", clause, says, advice, at_most, examples)


__all__ = ["Check", "Limit", "Severity", "Suite", "critical", "warning"]
