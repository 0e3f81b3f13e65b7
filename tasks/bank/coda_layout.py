"""The lines of a CODA file: windows-1252, 128 characters each, statement by statement, with their own counts, sums and balances checked.

The parser checks them by `assert`, which an optimised Python leaves out; so they are checked here too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from billing.bank import StatementRefused
from billing.money import ZERO
from tasks.feed.rejects import FileRefused

WIDTH = 128
COUNTED = "1238"
TOTALS = "0123"  # first digit of the transaction code: amounts of the statement; 5 to 9 are details of them
AGAIN = "ask the bank for the file again"


class LinesRefused(StatementRefused):
    """A statement of a CODA file that is not whole, with its line of the file."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.line = line


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of one statement, from its header to its trailer; `first` is the line of the file the header stands on."""

    first: int
    lines: tuple[str, ...]


def statements_in(content: bytes) -> Iterator[Lines | LinesRefused]:
    """The lines of each statement, or why they cannot be used. Raises FileRefused for a file that is no CODA."""
    if not content.startswith(b"0"):
        raise FileRefused("not a CODA file: its first line does not begin with 0; deliver CODA version 2", 1)
    text = _decoded(content).replace("\r\n", "\n").replace("\r", "\n").rstrip("\n\x1a")
    first, taken = 1, list[str]()
    for number, line in enumerate(text.split("\n"), start=1):
        if line[:1] == "0" and taken:
            yield LinesRefused(f"the statement that begins on line {first} has no trailer (9…): it is cut off; {AGAIN}", number - 1)
            first, taken = number, []
        taken.append(line)
        if line[:1] == "9":
            yield _whole(first, taken)
            first, taken = number + 1, []
    if taken:
        yield LinesRefused(f"the statement that begins on line {first} has no trailer (9…): it is cut off; {AGAIN}", first + len(taken) - 1)


def _decoded(content: bytes) -> str:
    """The text, which is windows-1252; of a file somebody saved as UTF-8 that, or its lines would be too long."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("windows-1252", errors="replace")


def _whole(first: int, lines: Sequence[str]) -> Lines | LinesRefused:
    for number, line in enumerate(lines, start=first):
        if len(line) != WIDTH:
            return LinesRefused(f"the line has {len(line)} characters and not {WIDTH}; {AGAIN}", number)
        if any(character < " " for character in line):
            return LinesRefused(f"the line has control characters; {AGAIN}", number)
        if line[0] not in "0123489":
            return LinesRefused(f"a record of the kind {line[0]!r}, which CODA does not have; {AGAIN}", number)
    try:
        return _misplaced(first, lines) or _counted(first, lines) or _unbalanced(first, lines) or Lines(first, tuple(lines))
    except ValueError:
        return LinesRefused(f"a balance, a movement or the trailer holds no amount or count; {AGAIN}", first + len(lines) - 1)


def _misplaced(first: int, lines: Sequence[str]) -> LinesRefused | None:
    """The first line that does not belong where it stands, None when all do."""
    kinds = [line[0] for line in lines]
    if kinds.count("1") != 1 or kinds.count("8") != 1:
        return LinesRefused(f"the statement has not one old and one new balance; {AGAIN}", first)
    opening, closing = lines[kinds.index("1")], lines[kinds.index("8")]
    if opening[5:42] != closing[4:41]:
        return LinesRefused(f"the new balance is of another account than the old one; {AGAIN}", first + kinds.index("8"))
    total, begun = "", {"2": "", "3": ""}
    for number, line in enumerate(lines, start=first):
        kind, article, key = line[0], line[1], line[2:10]
        if kind not in begun:
            continue
        if article == "1":
            begun[kind] = key
        is_detail = kind == "2" and article == "1" and line[53] not in TOTALS
        if kind == "2" and article == "1" and not is_detail:
            total = key[:4]
        if begun[kind] != key or (is_detail and total != key[:4]):
            return LinesRefused(f"the record {line[:10]} belongs to none before it; {AGAIN}", number)
    return None


def _counted(first: int, lines: Sequence[str]) -> LinesRefused | None:
    """What the trailer counts otherwise, None when it counts as many records and the same sums."""
    last = first + len(lines) - 1
    trailer = lines[-1]
    records, said = sum(line[0] in COUNTED for line in lines), int(trailer[16:22])
    if records != said:
        return LinesRefused(f"the trailer counts {said} records and there are {records}; {AGAIN}", last)
    moved = [line[31:47] for line in lines if line[:2] == "21" and line[53] in TOTALS]
    for sign, name, where in (("1", "debits", slice(22, 37)), ("0", "credits", slice(37, 52))):
        found, expected = sum(int(amount[1:]) for amount in moved if amount[0] == sign), int(trailer[where])
        if found != expected:
            return LinesRefused(
                f"the trailer says {name} of {_euro(expected)} and the movements come to {_euro(found)}; {AGAIN}", last
            )  # fmt: skip
    return None


def _unbalanced(first: int, lines: Sequence[str]) -> LinesRefused | None:
    """That the old balance and the movements do not make the new one, None when they do."""
    kinds = [line[0] for line in lines]
    opening, closing = _signed(lines[kinds.index("1")][42:58]), _signed(lines[kinds.index("8")][41:57])
    moved = sum(_signed(line[31:47]) for line in lines if line[:2] == "21" and line[53] in TOTALS)
    if opening + moved == closing:
        return None
    return LinesRefused(
        f"the statement opens with {_euro(opening)} and its movements come to {_euro(moved)}, which makes {_euro(opening + moved)}, "
        f"but it closes with {_euro(closing)}; {AGAIN}", first + kinds.index("8"),
    )  # fmt: skip


def _signed(written: str) -> int:
    """Thousandths from a sign, 1 for debit, and fifteen digits."""
    return int(written[1:]) * (-1 if written[0] == "1" else 1)


def _euro(thousandths: int) -> Decimal:
    return Decimal(thousandths).scaleb(-3) + ZERO


__all__ = ["Lines", "LinesRefused", "statements_in"]
