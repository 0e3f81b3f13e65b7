"""How a language writes amounts, days, durations and numbers: Babel's conventions of fr_BE, nl_BE and en_GB.

Babel costs 64 µs a number and a document has thousands, so the patterns are spelled out here and a test holds them against Babel.
"""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from babel import Locale
from babel.dates import format_date

from reports.records import Language

CENT = Decimal("0.01")
LOCALES: dict[Language, str] = {"fr": "fr_BE", "nl": "nl_BE", "en": "en_GB"}


@dataclass(frozen=True, slots=True)
class Figures:
    """One language's way with figures. `group` parts thousands, `point` the decimals."""

    locale: str
    group: str
    point: str
    euro: str
    negative_euro: str
    percent_sign: str
    megabyte: str

    def number(self, value: Decimal, least: int = 2, most: int = 2) -> str:
        """`value` with `least` to `most` decimals, rounded half-up."""
        rounded = value.quantize(Decimal(1).scaleb(-most), ROUND_HALF_UP)
        sign = "-" if rounded < 0 else ""
        whole, _, decimals = f"{abs(rounded):f}".partition(".")
        decimals = decimals.rstrip("0").ljust(least, "0")
        return sign + self.whole(int(whole)) + (self.point + decimals if decimals else "")

    def whole(self, value: int) -> str:
        """An integer with its thousands parted."""
        return f"{value:,}".replace(",", self.group)

    def amount(self, value: Decimal) -> str:
        """An amount to the cent, without the currency: for columns headed EUR."""
        return self.number(value)

    def cents(self, cents: int) -> str:
        """An amount given in cents. Integers only: one a call."""
        sign = "-" if cents < 0 else ""
        euros, rest = divmod(abs(cents), 100)
        return f"{sign}{self.whole(euros)}{self.point}{rest:02d}"

    def money(self, value: Decimal) -> str:
        """An amount with the euro sign where the language puts it."""
        if value < 0:
            return self.negative_euro.format(self.number(-value))
        return self.euro.format(self.number(value))

    def quantity(self, value: Decimal) -> str:
        """A quantity with the decimals it has, at most six."""
        return self.number(value, least=0, most=6)

    def unit_price(self, value: Decimal) -> str:
        """A price with two decimals, up to six where it has them."""
        return self.number(value, least=2, most=6)

    def percent(self, rate: Decimal) -> str:
        """A rate given in percent: 21.00 is `21 %`."""
        return self.number(rate, least=0, most=2) + self.percent_sign

    def long_day(self, day: date) -> str:
        """`28 octobre 2026`."""
        return _long_day(day, self.locale)

    def day(self, day: date) -> str:
        """`28/10/2026`: the same in the three languages, and it never mixes up day and month."""
        return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"

    def span(self, first: date, last: date) -> str:
        """`01/11/2026 – 30/11/2026`, one day alone as itself."""
        return self.day(first) if first == last else f"{self.day(first)} – {self.day(last)}"

    def short_span(self, first: date, last: date) -> str:
        """`01/11 – 30/11/26`: the year once, unless the years differ."""
        if first == last:
            return f"{last.day:02d}/{last.month:02d}/{last.year % 100:02d}"
        year = "" if first.year == last.year else f"/{first.year % 100:02d}"
        return f"{first.day:02d}/{first.month:02d}{year} – {last.day:02d}/{last.month:02d}/{last.year % 100:02d}"

    def month(self, day: date) -> str:
        """`novembre 2026`."""
        return _month(day, self.locale)

    def quarter(self, day: date) -> str:
        """`4e trimestre 2026`."""
        return _quarter(day, self.locale)

    def duration(self, seconds: int) -> str:
        """`0:42`, `12:05`, `1:02:05`: minutes and seconds, hours when there are any."""
        minutes, rest = divmod(seconds, 60)
        if minutes < 60:
            return f"{minutes}:{rest:02d}"
        hours, minutes = divmod(minutes, 60)
        return f"{self.whole(hours)}:{minutes:02d}:{rest:02d}"

    def volume(self, size: int) -> str:
        """Megabytes of 1,000,000 bytes with two decimals, as packs and rates count them."""
        return self.number(Decimal(size) / 1_000_000) + self.megabyte


@cache
def figures(language: Language) -> Figures:
    """The figures of a language."""
    return {
        "fr": Figures("fr_BE", "\u202f", ",", "{}\u00a0€", "-{}\u00a0€", "\u00a0%", "\u00a0Mo"),
        "nl": Figures("nl_BE", ".", ",", "€\u00a0{}", "€\u00a0-{}", "%", "\u00a0MB"),
        "en": Figures("en_GB", ",", ".", "€{}", "-€{}", "%", "\u00a0MB"),
    }[language]


@cache
def _long_day(day: date, locale: str) -> str:
    written = format_date(day, "long", locale=locale)
    # CLDR leaves out what every French reader expects: le 1er octobre.
    return f"1er{written[1:]}" if locale.startswith("fr") and day.day == 1 else written


@cache
def _month(day: date, locale: str) -> str:
    return format_date(day, "LLLL y", locale=locale)


@cache
def _quarter(day: date, locale: str) -> str:
    return format_date(day, "QQQQ y", locale=locale)


def structured_reference(reference: str) -> str:
    """`+++123/4567/89012+++`, whether the twelve digits come bare or already written so; nothing for none."""
    digits = "".join(character for character in reference if character.isdigit())
    return f"+++{digits[:3]}/{digits[3:7]}/{digits[7:]}+++" if digits else ""


def account_number(iban: str) -> str:
    """The IBAN in groups of four."""
    bare = iban.replace(" ", "")
    return " ".join(bare[place : place + 4] for place in range(0, len(bare), 4))


def vat_number(number: str) -> str:
    """`BE 0123.456.749`; a foreign number as it is."""
    bare = number.replace(" ", "").replace(".", "")
    return f"BE {enterprise_number(bare)}" if bare.startswith("BE") and len(bare) == 12 else number


def enterprise_number(number: str) -> str:
    """The Belgian enterprise number in a VAT number: `0123.456.749`."""
    bare = number.replace(" ", "").replace(".", "").removeprefix("BE")
    return f"{bare[:4]}.{bare[4:7]}.{bare[7:]}" if len(bare) == 10 else number


@cache
def country(code: str, locale: str) -> str:
    """The name of a country in a language, its code when it has none."""
    return str(Locale.parse(locale).territories.get(code, code))
