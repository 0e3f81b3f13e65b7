"""What the report pages show of a folder: of `out` itself the months with what a person opens of each, of any other what lies in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import quote

from billing.period import BRUSSELS
from reports.pages import page

MONTH = re.compile(r"20\d{2}-(0[1-9]|1[0-2])")
# What a person opens of a month, as far as it is there; a folder ends with a stroke.
OPENED = {
    "close_report.html": "Close report",
    "close_report.xlsx": "Workbook",
    "gates.html": "Checks",
    "data_docs/index.html": "Data Docs",
    "drafts/": "Drafts",
    "invoices/": "Invoices (PDF, e-invoice)",
    "invoices.csv": "Invoice register",
    "invoice_lines.csv": "Lines",
    "journal.csv": "Journal",
    "letters/": "Letters",
}
KNOWN = {
    "archive": "every document that left, kept by its content",
    "collections": "direct debit files for the bank",
    "orders": "orders to the platform",
    "peppol": "e-invoices for the access point",
    "portal": "what the customer portal publishes",
    "previews": "previews of closes: nothing in them was issued",
    "statements": "statements of account",
}


@dataclass(frozen=True, slots=True)
class Link:
    """Where a link leads, from the page it stands on."""

    href: str
    words: str


@dataclass(frozen=True, slots=True)
class Month:
    """A month and what can be opened of it; `name` as 2026-10."""

    name: str
    words: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """An entry of a folder; a size in bytes, None for a folder; `written` in Brussels, to the minute."""

    name: str
    href: str
    size: int | None
    written: str


@dataclass(frozen=True, slots=True)
class Other:
    """A folder beside the months."""

    name: str
    href: str
    words: str


def results_page(out: Path) -> bytes:
    """The first page: the months, the latest first, and what lies beside them."""
    rows = _rows(out)
    months = [_month(out, row.name.rstrip("/")) for row in reversed(rows) if row.size is None and MONTH.fullmatch(row.name.rstrip("/"))]
    beside = [row for row in rows if row.size is not None or not MONTH.fullmatch(row.name.rstrip("/"))]
    others = [Other(row.name, row.href, KNOWN.get(row.name.rstrip("/"), "")) for row in beside]
    return page("results.html", title="Results", months=months, others=others)


def folder_page(out: Path, folder: Path) -> bytes:
    """What lies in a folder below `out`, folders first, with sizes; nothing whose name begins with a dot."""
    parts = folder.relative_to(out).parts
    steps = ["Results", *parts[:-1]]
    trail = [Link("../" * (len(parts) - at), words) for at, words in enumerate(steps)]
    rows = _rows(folder)
    return page("folder.html", title=parts[-1], trail=trail, rows=rows, total=sum(row.size or 0 for row in rows))


def _month(out: Path, name: str) -> Month:
    year, month = name.split("-")
    there = {path: words for path, words in OPENED.items() if (out / name / path).exists()}
    links = tuple(Link(f"{name}/{path}", words) for path, words in there.items())
    return Month(name, f"{date(int(year), int(month), 1):%B %Y}", links)


def _rows(folder: Path) -> list[Row]:
    """Sorted: folders before files, then by name."""
    return sorted(_seen(folder), key=lambda row: (row.size is not None, row.name))


def _seen(folder: Path) -> Iterator[Row]:
    for path in folder.iterdir():
        if path.name.startswith("."):
            continue
        try:
            found = path.stat()
        except OSError:  # gone meanwhile: a close writes its files anew
            continue
        stroke = "/" if path.is_dir() else ""
        at = datetime.fromtimestamp(found.st_mtime, UTC).astimezone(BRUSSELS)
        yield Row(f"{path.name}{stroke}", f"{quote(path.name)}{stroke}", None if stroke else found.st_size, f"{at:%Y-%m-%d %H:%M}")


__all__ = ["folder_page", "results_page"]
