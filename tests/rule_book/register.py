"""docs/register.md as records: one heading a clause, then its French text and paragraphs that begin with their label."""

import re
from dataclasses import dataclass
from pathlib import Path

from billing.clause import CLAUSE_ID

PARAGRAPH = re.compile(r"(Rule|Decision|Computes nothing)(?: \(([^)]+)\))?: (.+)")


class RegisterError(ValueError):
    """A register that cannot be read; the message names the line and what is expected."""


@dataclass(frozen=True, slots=True)
class Said:
    """One paragraph of a clause; `about` is what it is about where a clause has several, else empty."""

    about: str
    text: str


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause: its part of the terms, its French text, its rules and decisions, and why it computes nothing (empty = it does)."""

    clause_id: str
    part: str
    quote: str
    rules: tuple[Said, ...]
    decisions: tuple[Said, ...]
    reason: str


def read_register(path: Path) -> tuple[Clause, ...]:
    """The clauses in the order of the page. Raises RegisterError."""
    return parse(path.read_text(encoding="utf-8"))


def parse(text: str) -> tuple[Clause, ...]:
    """The clauses of a register. Raises RegisterError for an id that is none or comes twice, and for a paragraph without label."""
    clauses: dict[str, Clause] = {}
    part = ""
    for block in re.split(r"(?m)^(?=##+ )", text)[1:]:
        heading, _, body = block.partition("\n")
        level, _, title = heading.partition(" ")
        if level == "##":
            part = title
            continue
        if not CLAUSE_ID.fullmatch(title):
            raise RegisterError(f"the heading {heading!r} is no clause id; write it as ### BT-2.e")
        if title in clauses:
            raise RegisterError(f"{title} stands in the register twice; keep one of them")
        clauses[title] = _clause(title, part, body)
    return tuple(clauses.values())


def _clause(clause_id: str, part: str, body: str) -> Clause:
    first, *paragraphs = [each.strip() for each in body.strip().split("\n\n")]
    if not first.startswith("> "):
        raise RegisterError(f"{clause_id} does not begin with the words of the terms; write them as > quote below the heading")
    said: dict[str, list[Said]] = {"Rule": [], "Decision": [], "Computes nothing": []}
    for paragraph in paragraphs:
        found = PARAGRAPH.fullmatch(" ".join(paragraph.split()))
        if not found:
            raise RegisterError(f"{clause_id}: {paragraph[:40]!r} has no label; begin it with Rule:, Decision: or Computes nothing:")
        said[found[1]].append(Said(found[2] or "", found[3]))
    reasons = " ".join(each.text for each in said["Computes nothing"])
    return Clause(clause_id, part, first.removeprefix("> "), tuple(said["Rule"]), tuple(said["Decision"]), reasons)
