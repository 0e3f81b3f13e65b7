"""Where a phone was used: at home, elsewhere in the Union, or in the rest of the world (GC-6)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from billing.clause import carries_out

Ints = NDArray[np.int64]

HOME_COUNTRY = "BE"
AT_HOME = 0
# "Au sein de l'UE" (GC-6.1) is where Regulation (EU) 2022/612 applies: the 27 member states as they are since 1 February 2020, with
# their parts that have a code of their own, and Iceland, Liechtenstein and Norway by the EEA agreement. A change is made here.
MEMBER_STATES = frozenset(
    (
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
        *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
    )
)
PARTS_OF_MEMBER_STATES = frozenset(("AX", "GF", "GP", "MF", "MQ", "RE", "YT"))
EEA = frozenset(("IS", "LI", "NO"))
UNION = MEMBER_STATES | PARTS_OF_MEMBER_STATES | EEA
LETTERS = 32  # codes of two capitals, each a digit in this base
CODES = LETTERS * LETTERS


def code_of(country: str) -> int:
    """Returns a country as it stands in a column: 0 at home ("" or BE), else its two letters as a number below 1024.

    The database makes the same of `visited_country`. Raises ValueError for what is not two capitals.
    """
    if country in ("", HOME_COUNTRY):
        return AT_HOME
    if len(country) != 2 or not all("A" <= letter <= "Z" for letter in country):
        raise ValueError(f"{country!r} is not a country; write two capitals, as in FR or US")
    return _number(country)


def country_of(code: int) -> str:
    """Returns the country of a code, BE at home."""
    return chr(64 + code // LETTERS) + chr(64 + code % LETTERS) if code != AT_HOME else HOME_COUNTRY


def _number(country: str) -> int:
    return (ord(country[0]) - 64) * LETTERS + ord(country[1]) - 64


_IN_UNION = np.zeros(CODES, dtype=np.bool_)
_IN_UNION[[_number(country) for country in sorted(UNION)]] = True
_IN_UNION[AT_HOME] = True


@carries_out("GC-6.1")
def as_at_home(visited: Ints) -> NDArray[np.bool_]:
    """Returns which usage is rated as domestic: made at home or elsewhere in the Union; bool[n]."""
    at_home: NDArray[np.bool_] = _IN_UNION[visited]
    return at_home


__all__ = ["AT_HOME", "HOME_COUNTRY", "UNION", "as_at_home", "code_of", "country_of"]
