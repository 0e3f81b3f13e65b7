"""Arabic and Hebrew as their readers expect them: letters joined, and right to left inside a line of the document.

The names of customers are the only such text, in documents that run from left to right. So this is the part of the Unicode bidirectional
algorithm that a line without explicit marks needs, and the joining of Arabic letters by their presentation forms, which the fonts have.
"""

import re
import unicodedata
from functools import cache

MIRRORED = dict(zip("()[]{}<>«»", ")(][}{><»«", strict=True))
OPENING, CLOSING = "([{", ")]}"
RIGHT_TO_LEFT, NUMBER = ("R", "AL"), ("EN", "AN")
LAM_ALEF = re.compile("\u0644[\u0622\u0623\u0625\u0627]|.", re.DOTALL)  # two letters that are written as one


def is_right_to_left(text: str) -> bool:
    """Whether any character is Arabic, Hebrew or of another script written from right to left."""
    return not text.isascii() and any("\u0590" <= character <= "\u08ff" or "\ufb1d" <= character <= "\ufefc" for character in text)


@cache
def _forms() -> dict[tuple[str, str], str]:
    """(form, letters) → presentation form: ("initial", "ب") → "ﺑ"; two letters are the ligatures of lam and alef."""
    made = {}
    for code in (*range(0xFB50, 0xFC00), *range(0xFE70, 0xFEFD)):
        form, *letters = unicodedata.decomposition(chr(code)).split() or [""]
        if form in ("<isolated>", "<initial>", "<medial>", "<final>"):
            made[form.strip("<>"), "".join(chr(int(letter, 16)) for letter in letters)] = chr(code)
    return made


def joined(text: str) -> str:
    """The text with Arabic letters in the forms they have between their neighbours; doing it again changes nothing."""
    units = LAM_ALEF.findall(text)
    return "".join(_form(units, place) for place in range(len(units)))


def _form(units: list[str], place: int) -> str:
    unit, forms = units[place], _forms()
    after = place > 0 and ("initial", units[place - 1]) in forms and ("final", unit) in forms
    before = place + 1 < len(units) and ("initial", unit) in forms and ("final", units[place + 1]) in forms
    form = "medial" if after and before else "final" if after else "initial" if before else "isolated"
    return forms.get((form, unit), forms.get(("isolated", unit), unit))


def as_seen(text: str) -> str:
    """The characters of one line in the order they stand from left to right on paper, brackets turned where the text runs the other way."""
    levels = _levels(text)
    turned = [MIRRORED.get(character, character) if level % 2 else character for character, level in zip(text, levels, strict=True)]
    for least in (2, 1):
        start = 0
        while start < len(turned):
            end = start
            while end < len(turned) and levels[end] >= least:
                end += 1
            turned[start:end] = turned[start:end][::-1]
            levels[start:end] = levels[start:end][::-1]
            start = end + 1
    return "".join(turned)


def _levels(text: str) -> list[int]:
    """0 for what runs left to right, 1 for what runs right to left, 2 for the numbers inside that."""
    kinds = [unicodedata.bidirectional(character) for character in text]
    strong, kept = "L", []
    for kind in kinds:
        if kind == "L" or kind in RIGHT_TO_LEFT:
            strong = "L" if kind == "L" else "R"
            kept.append(strong)
        elif kind in NUMBER:
            kept.append("L" if strong == "L" and kind == "EN" else "N")
        else:
            kept.append("")
    for place in range(1, len(kept) - 1):  # what parts two halves of a number is of the number: 12.50, 10/2
        if not kept[place] and kinds[place] in ("CS", "ES") and kept[place - 1] == kept[place + 1] == "N":
            kept[place] = "N"
    _turn_brackets(text, kept)
    return [_level(kept, place) for place in range(len(kept))]


def _turn_brackets(text: str, kept: list[str]) -> None:
    """Give both brackets of a pair one direction: that of the text around them where it is that of what they hold."""
    opened: list[int] = []
    for place, character in enumerate(text):
        if character in OPENING:
            opened.append(place)
        elif character in CLOSING and opened and MIRRORED[character] == text[opened[-1]]:
            first = opened.pop()
            before = next((one for one in reversed(kept[:first]) if one in ("L", "R")), "L")
            if before == "R" and "L" not in kept[first:place] and any(kept[first:place]):
                kept[first] = kept[place] = "R"


def _level(kept: list[str], place: int) -> int:
    """A character without a direction of its own has that of its neighbours where they agree, else that of the document."""
    if kept[place]:
        return {"L": 0, "R": 1, "N": 2}[kept[place]]
    left = next((one for one in reversed(kept[:place]) if one), "L")
    right = next((one for one in kept[place + 1 :] if one), "L")
    return 0 if "L" in (left, right) else 1


__all__ = ["as_seen", "is_right_to_left", "joined"]
