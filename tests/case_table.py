"""Tables of cases in tests/cases: one row a case, columns apart by blanks, `-` for nothing; the first row names the columns."""

from datetime import date
from pathlib import Path

CASES = Path(__file__).parent / "cases"


def cases(name: str) -> list[dict[str, str]]:
    """The rows of tests/cases/<name>.txt as column → cell. Lines that start with # are for the reader."""
    lines = [line for line in (CASES / f"{name}.txt").read_text(encoding="utf-8").splitlines() if line.strip() and not line.startswith("#")]
    header = lines[0].split()
    rows = [dict(zip(header, line.split(), strict=True)) for line in lines[1:]]
    assert rows, f"{name}.txt has no case"
    return rows


def day(cell: str) -> date | None:
    """The day of a cell, None for `-`."""
    return None if cell == "-" else date.fromisoformat(cell)


def number(cell: str) -> int | None:
    """The whole number of a cell, None for `-`."""
    return None if cell == "-" else int(cell)
