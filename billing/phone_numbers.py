"""Called numbers: one integer key for each, whatever way it was written, and a form that may stand in a log.

The key is the E.164 digits (+32 475 12 34 56 → 32475123456), a short code as a negative number (112 → -112), 0 for no number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

HOME_COUNTRY = "32"
MOST_DIGITS = 15  # ITU-T E.164
SHORT_CODE_DIGITS = 6  # the longest number dialled as it stands: 116 000
NO_NUMBER = 0
_SPACING = str.maketrans("", "", " .-()/\u00a0")


@dataclass(frozen=True, slots=True)
class Dialled:
    """A number as read: its key, or 0 and the reason why it is no number ("" when it is one)."""

    key: int
    reason: str = ""


def dialled(text: str) -> Dialled:
    """Returns the key of a called number as a switch or a person writes it.

    `+…` and `00…` are international, `0…` Belgian, `s…` or at most six digits a short code, other digits E.164 without its `+`.
    Spaces . - ( ) / are ignored. What is no number has key 0 and a reason.
    """
    digits = text.translate(_SPACING)
    if not digits:
        return Dialled(NO_NUMBER, "no number is given")
    if digits[0] in "+s":
        mark, digits = digits[0], digits[1:]
    else:
        mark, digits = _unmarked(digits)
    return _checked(mark, digits)


def key(text: str) -> int:
    """Returns the key of a called number. Raises ValueError naming the (masked) number and the reason when it is none."""
    found = dialled(text)
    if found.reason:
        raise ValueError(f"{masked(text)!r} is not a number that can be called: {found.reason}")
    return found.key


def keys(values: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Returns the keys of a column of numbers, int64[n], and which of them are no number, bool[n].

    Each distinct text is read once, so a column of millions costs little more than its look-ups.
    """
    read = {text: dialled(text) for text in set(values)}
    key_of = {text: number.key for text, number in read.items()}
    column = np.fromiter(map(key_of.__getitem__, values), dtype=np.int64, count=len(values))
    if not any(number.reason for number in read.values()):
        return column, np.zeros(len(values), dtype=np.bool_)
    wrong = {text: bool(number.reason) for text, number in read.items()}
    return column, np.fromiter(map(wrong.__getitem__, values), dtype=np.bool_, count=len(values))


def written(number: int) -> str:
    """Returns the number of a key as people write it: "+32475123456", "112", "" for none."""
    if number == NO_NUMBER:
        return ""
    return f"+{number}" if number > 0 else str(-number)


def masked(text: str, hidden: int = 4) -> str:
    """Returns a called number fit for a log: its last digits hidden. A short code names a service, not a person, and stays."""
    if sum(character.isdecimal() for character in text) <= SHORT_CODE_DIGITS:
        return text
    return text[:-hidden] + "x" * hidden if hidden else text


def _unmarked(digits: str) -> tuple[str, str]:
    if digits.startswith("00"):
        return "+", digits[2:]
    if digits.startswith("0"):
        return "+", HOME_COUNTRY + digits[1:] if len(digits) > 1 else ""
    return ("s" if len(digits) <= SHORT_CODE_DIGITS else "+"), digits


def _checked(mark: str, digits: str) -> Dialled:
    if not digits:
        return Dialled(NO_NUMBER, "it has no digits")
    if not (digits.isascii() and digits.isdecimal()):
        return Dialled(NO_NUMBER, "it holds something other than digits")
    if len(digits) > MOST_DIGITS:
        return Dialled(NO_NUMBER, f"it has more than {MOST_DIGITS} digits")
    if digits[0] == "0":
        return Dialled(NO_NUMBER, "its first digit is 0, which no country code and no short code has")
    return Dialled(-int(digits) if mark == "s" else int(digits))
