"""Structured communications as payers write them: `+++`, `***`, bare digits, in a field of their own or inside a text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from billing.numbering import check_digits

# Three, four and five digits, all with the same mark between them or none, and no further digit on either side.
_WRITTEN = re.compile(r"(?<![0-9])([0-9]{3})([/. -]?)([0-9]{4})\2([0-9]{5})(?![0-9])")


def is_valid(digits: str) -> bool:
    """Whether twelve digits are a structured communication: the last two are the first ten modulo 97 (97 for 0)."""
    return re.fullmatch(r"[0-9]{12}", digits) is not None and check_digits(digits[:10]) == int(digits[10:])


def written_in(text: str) -> list[str]:
    """The twelve digits of everything that looks like a structured communication, valid or not, each once, in the order of the text."""
    return list(dict.fromkeys(_found(text)))


def valid_in(text: str) -> list[str]:
    """The valid structured communications of a text, each once, in its order."""
    return [digits for digits in written_in(text) if is_valid(digits)]


def digits_of(reference: str) -> str:
    """The digits of a reference as it stands on an invoice: "+++260/0000/12395+++" gives "260000012395"."""
    return re.sub(r"[^0-9]", "", reference)


def is_near(written: str, meant: str) -> bool:
    """Whether one digit is wrong or two neighbours are swapped, as fingers do."""
    if len(written) != len(meant):
        return False
    wrong = [place for place, pair in enumerate(zip(written, meant, strict=True)) if pair[0] != pair[1]]
    if len(wrong) == 2:
        first, second = wrong
        return second == first + 1 and written[first] == meant[second] and written[second] == meant[first]
    return len(wrong) == 1


def _found(text: str) -> Iterator[str]:
    for match in _WRITTEN.finditer(text):
        yield match[1] + match[3] + match[4]


__all__ = ["digits_of", "is_near", "is_valid", "valid_in", "written_in"]
