"""What a feed delivers: which file is which table, in which order they go in, and what is missing or cannot be told apart."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from tasks.feed.inventory import day_of
from tasks.feed.reading import ENDINGS, stem
from tasks.feed.rejects import FileRefused, Reject, reject
from tasks.feed.tables import INVENTORY, KEPT, REFERENCE, USAGE, Table
from tasks.ledger import Stopped

FOLDERS = (INVENTORY, USAGE)
BANK = "bank/"
_FORMS = " or ".join((", ".join(ENDINGS[:-1]), ENDINGS[-1]))


@dataclass(frozen=True, slots=True)
class File:
    """A file of the feed and the table it holds rows of."""

    path: str
    table: Table


@dataclass(frozen=True, slots=True)
class Delivery:
    """The files to import, in order, and what is wrong with the delivery itself."""

    files: tuple[File, ...]
    problems: tuple[Reject, ...]

    def of_inventory_day(self, day: date) -> "Delivery":
        """Only the reference data and the inventory of `day`. Raises Stopped when that is not there."""
        wanted = [file for file in self.files if file.table is INVENTORY and _is_of(file.path, day)]
        if not wanted:
            raise Stopped(f"the feed has no inventory of {day}; deliver inventory/{day}.csv, then take the snapshot again")
        reference = [file for file in self.files if file.table in REFERENCE]
        there = {file.path for file in wanted + reference}
        return Delivery((*reference, *wanted), tuple(problem for problem in self.problems if problem.path in there))


def delivery_of(paths: Sequence[str]) -> Delivery:
    """The delivery that these files are."""
    problems: list[Reject] = []
    files: list[File] = []
    for table in REFERENCE:
        files += _table(table, paths, problems)
    for table in FOLDERS:
        files += _folder(table, paths, problems)
    for table in KEPT:
        files += _table(table, paths, problems)
    return Delivery(tuple(files), tuple(problems))


def _table(table: Table, paths: Sequence[str], problems: list[Reject]) -> list[File]:
    found = [path for path in paths if stem(path) == table.name]
    if not found:
        if table.mandatory:
            problems.append(_missing_table(table, paths))
        return []
    problems.extend(_second_form(path, found[0]) for path in found[1:])
    return [File(found[0], table)]


def _folder(table: Table, paths: Sequence[str], problems: list[Reject]) -> list[File]:
    inside = [path for path in paths if path.startswith(f"{table.name}/")]
    found = [path for path in inside if stem(path) is not None]
    problems.extend(
        reject(path, 0, "", PurePosixPath(path).name, f"not a table of the feed; deliver it as {_FORMS}")
        for path in inside
        if stem(path) is None
    )
    if not found and table is INVENTORY:  # calls may come late and are billed then; the gate warns when none came
        problems.append(reject(table.name, 0, "", "", f"there is no file in {table.name}/; deliver its files"))
    if table is INVENTORY:
        first = {stem(path): path for path in reversed(found)}
        problems.extend(_second_form(path, first[stem(path)]) for path in found if path != first[stem(path)])
        found = [path for path in found if path == first[stem(path)]]
    return [File(path, table) for path in found]


def _missing_table(table: Table, paths: Sequence[str]) -> Reject:
    taken = {one.name for one in (*REFERENCE, *KEPT)}
    others = [path for path in paths if "/" not in path and stem(path) not in taken]
    near = difflib.get_close_matches(f"{table.name}.csv", others, n=1)
    hint = f"; {near[0]} may be meant" if near else ""
    return reject(f"{table.name}.csv", 0, "", "", f"the file is missing; deliver it as {_FORMS}{hint}")


def _second_form(path: str, first: str) -> Reject:
    return reject(path, 0, "", "", f"{first} holds the same table and was read; keep one of the two")


def _is_of(path: str, day: date) -> bool:
    try:
        return day_of(path) == day
    except FileRefused:
        return False


__all__ = ["BANK", "Delivery", "File", "delivery_of"]
