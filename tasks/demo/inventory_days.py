"""What the platform shows on each day of the feed."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from tasks.demo.records import Element

HEADER = "line_id,element_id,kind,label"


def write_inventory(folder: Path, elements: Sequence[Element], days: Sequence[date]) -> None:
    """Writes `inventory/<day>.csv` for every day: the elements configured that day, in order of their identifiers."""
    folder = folder / "inventory"
    folder.mkdir(exist_ok=True)
    ordered = sorted(elements, key=lambda each: (each.line_id, each.element_id))
    rows = [(each.first, each.past or date.max, f"{each.line_id},{each.element_id},{each.kind},{each.label}") for each in ordered]
    for day in days:
        shown = [row for first, past, row in rows if first <= day < past]
        (folder / f"{day}.csv").write_text("\n".join((HEADER, *shown, "")), encoding="utf-8", newline="\n")
