"""The feed of the invented operator, whole or as far as it would have been delivered by a day."""

import shutil
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from tasks.demo.book import Book
from tasks.demo.calls import make_calls
from tasks.demo.casework import casework
from tasks.demo.catalogue import packs, prices, products
from tasks.demo.customers import order_book
from tasks.demo.inventory_days import write_inventory
from tasks.demo.months import Calendar, calendar_of
from tasks.demo.records import Contract, OrderLine, Pack, Party, Price, Product, Rate, Record, table_bytes
from tasks.demo.tariff_deck import rates
from tasks.demo.trouble import make_trouble, no_trouble
from tasks.demo.usage_files import write_usage

MONTHS = ("2026-08", "2026-09", "2026-10")
DAILY = ("inventory", "usage")


def write_feed(folder: Path, *, seed: int = 1, payers: int = 60, calls: int = 200_000, months: tuple[str, ...] = MONTHS,
               trouble: bool = True, progress: Callable[[str], None] | None = None) -> None:
    """Writes the whole feed into the folder; the same arguments give the same bytes.

    `calls` counts the distinct good records; with `trouble`, duplicates and malformed rows come on top of them. ValueError for too few
    payers or months that do not follow one another.
    """
    tell = progress or _quiet
    calendar = calendar_of(months)
    folder.mkdir(parents=True, exist_ok=True)
    tell("customers, catalogue and rate decks")
    book = order_book(calendar, payers, seed)
    _write_tables(folder, book, calendar, forgotten=trouble)
    tell(f"inventory of {len(calendar.days)} days")
    write_inventory(folder, book.elements, calendar.days)
    tell(f"{calls:,} calls")
    made = make_calls(book.callers, calendar.days, calls, seed)
    planted = make_trouble(made, calendar, seed) if trouble else no_trouble(made)
    write_usage(folder, made, book.callers, calendar.days, planted, malformed=trouble)


def deliver(whole: Path, feed: Path, *, through: date) -> int:
    """Copies into `feed` what the operator's systems had delivered by this day; returns how many daily files are new.

    The tables come with the first delivery; a file that is there already is left alone. So late records do come late.
    """
    feed.mkdir(parents=True, exist_ok=True)
    for table in sorted(whole.glob("*.csv")):
        _copy(table, feed / table.name)
    daily = [file for name in DAILY for file in sorted((whole / name).iterdir()) if date.fromisoformat(file.name[:10]) <= through]
    return sum(_copy(file, feed / file.relative_to(whole)) for file in daily)


def _copy(source: Path, target: Path) -> bool:
    if target.exists():
        return False
    target.parent.mkdir(exist_ok=True)
    shutil.copyfile(source, target)
    return True


def _write_tables(folder: Path, book: Book, calendar: Calendar, *, forgotten: bool) -> None:
    tables: dict[str, tuple[type[Record], Sequence[Record]]] = {
        "parties": (Party, book.parties), "contracts": (Contract, book.contracts), "order_lines": (OrderLine, book.lines),
        "products": (Product, products()), "prices": (Price, prices(calendar)), "packs": (Pack, packs(calendar)),
        "rates": (Rate, rates(calendar, forgotten=forgotten)), **casework(calendar),
    }
    for name, (kind, records) in tables.items():
        (folder / f"{name}.csv").write_bytes(table_bytes(kind, records))


def _quiet(_: str) -> None:
    """Tells nobody."""
