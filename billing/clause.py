"""The mark that ties a rule to the clauses of the contract it carries out."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

Rule = TypeVar("Rule", bound=Callable[..., object])

CLAUSE_ID = re.compile(r"(CG|BT|ST|WM|GC)-\d+(\.\d+)?(\.[a-z])?")

# Clause id -> the rules that carry it out, as "module.function", in order of import.
REGISTER: dict[str, list[str]] = {}


def carries_out(*clauses: str) -> Callable[[Rule], Rule]:
    """Returns a decorator that records which clauses a rule carries out.

    The ids stay readable on the rule as `rule.clauses` (a tuple) and in `REGISTER`. The rule itself is returned
    unchanged, so the mark costs nothing when the rule runs. Raises ValueError for no id or one that is not of the form BT-2.e.
    """
    if not clauses:
        raise ValueError("carries_out needs at least one clause id, for example carries_out('BT-2.e')")
    for clause in clauses:
        if not CLAUSE_ID.fullmatch(clause):
            raise ValueError(f"{clause!r} is not a clause id; write it as BT-2.e, CG-3.a or GC-5.1")

    def mark(rule: Rule) -> Rule:
        where = f"{rule.__module__}.{rule.__qualname__}"
        for clause in clauses:
            rules = REGISTER.setdefault(clause, [])
            if where not in rules:
                rules.append(where)
        rule.clauses = clauses  # type: ignore[attr-defined]
        return rule

    return mark


def clauses_of(rule: Callable[..., object]) -> tuple[str, ...]:
    """Returns the clause ids a rule carries out, empty when it carries no mark."""
    clauses: tuple[str, ...] = getattr(rule, "clauses", ())
    return clauses
