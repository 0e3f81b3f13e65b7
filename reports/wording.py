"""The texts customers read, in French, Dutch and English: `wording/<language>.toml`; nothing of them stands in code."""

import re
import tomllib
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from reports.figures import Figures, figures
from reports.records import Language

BEFORE_SIGNS = re.compile(r" (?=[:;?!%»€])|(?<=«) ")  # the spaces that French sets beside a sign
AMOUNT = re.compile(r"\d+\.\d\d")  # of a note: EUR to the cent
LANGUAGES: tuple[Language, ...] = ("fr", "nl", "en")


class WordingError(Exception):
    """A text, or a note of a line, that no wording file knows."""


class Wording(NamedTuple):
    """The texts of one language by dotted key, and how that language writes figures and days."""

    language: Language
    texts: Mapping[str, str]
    figures: Figures

    def __call__(self, key: str, **values: object) -> str:
        """The text of `key` with its `{gaps}` filled. Raises WordingError when there is none."""
        try:
            text = self.texts[key]
        except KeyError:
            raise WordingError(f"reports/wording/{self.language}.toml has no text `{key}`; add it in all languages") from None
        return text.format_map(values) if values else text

    def note(self, note: str) -> str:
        """The note of an invoice line in words.

        A note is `name key=value …` or `name 9/31`; without a name it is `usage`; several are parted by `;`.
        """
        return " ".join(self._one_note(part.split()) for part in note.split(";") if part.strip())

    def _one_note(self, words: list[str]) -> str:
        name = "usage" if "=" in words[0] else words[0]
        values = dict(word.split("=", 1) for word in words if "=" in word)
        for word in words:
            if "/" in word and "=" not in word:
                values["days"], values["of"] = word.split("/", 1)
        if name == "usage":
            return self._usage(values)
        shown = {key: self.figures.money(Decimal(value)) if AMOUNT.fullmatch(value) else value for key, value in values.items()}
        return self("note." + name, **shown)

    def _usage(self, values: Mapping[str, str]) -> str:
        """`seconds=3600 in_pack=1200`: what was charged and what a pack took besides; `messages` or `bytes` for the other kinds."""
        measure = next((unit for unit in ("seconds", "messages", "bytes") if unit in values), "seconds")
        show = self._measured(measure)
        charged, in_pack = int(values.get(measure, 0)), int(values.get("in_pack", 0))
        if in_pack:
            return self("note.usage_in_pack", usage=show(charged), in_pack=show(in_pack))
        if not charged:
            return ""
        return self("note.usage", usage=show(charged)) if measure == "seconds" else show(charged)

    def _measured(self, measure: str) -> Callable[[int], str]:
        if measure == "messages":
            return lambda count: self.counted("messages", count)
        return self.figures.volume if measure == "bytes" else self.figures.duration

    def group(self, group: str) -> str:
        """The name of a destination group: `eu_mobile` → EU mobile, `world_2` → World zone 2; one no file names, as the feed spells it."""
        stem, _, zone = group.rpartition("_")
        if f"group.{group}" in self.texts:
            return self("group." + group)
        if zone.isdecimal() and f"group.{stem}_zone" in self.texts:
            return self(f"group.{stem}_zone", zone=zone)
        return f"{group[:1].upper()}{group[1:]}".replace("_", " ")

    def counted(self, noun: str, count: int) -> str:
        """`1 call`, `12 calls`."""
        return self(f"count.{noun}_one" if count == 1 else f"count.{noun}", count=self.figures.whole(count))


def unbroken(text: str) -> str:
    """The text for a page of HTML, where no line begins with a sign: French sets a space before it."""
    return BEFORE_SIGNS.sub("\u00a0", text)


@cache
def wording(language: Language) -> Wording:
    """The wording of a language."""
    file = files("reports").joinpath("wording", f"{language}.toml")
    texts = dict(_flattened(tomllib.loads(file.read_text(encoding="utf-8"))))
    return Wording(language, texts, figures(language))


def _flattened(tables: Mapping[str, object], prefix: str = "") -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for key, value in tables.items():
        if isinstance(value, dict):
            pairs += _flattened(value, f"{prefix}{key}.")
        else:
            pairs.append((f"{prefix}{key}", str(value)))
    return pairs
