"""The rules with the mark of a clause: every module of the product is imported, for a mark is made when its module is."""

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from billing.clause import REGISTER

FOLDERS = ("billing", "reports", "expectations", "tasks", "flows")


@dataclass(frozen=True, slots=True)
class Rule:
    """A function that carries out a clause: where it is (module.function), its file, and the first paragraph of its docstring."""

    where: str
    path: str
    says: str


def marked_rules() -> dict[str, tuple[Rule, ...]]:
    """Clause id → the rules that carry it out, by folder from the rules outwards, then by name."""
    for folder in FOLDERS:
        _import_all(folder)
    return {clause: found for clause, where in sorted(REGISTER.items()) if (found := _rules(where))}


def _import_all(folder: str) -> None:
    package = importlib.import_module(folder)
    for module in pkgutil.walk_packages(package.__path__, f"{folder}."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def _rules(marked: list[str]) -> tuple[Rule, ...]:
    ours = [where for where in marked if where.partition(".")[0] in FOLDERS]
    return tuple(_rule(where) for where in sorted(ours, key=lambda where: (FOLDERS.index(where.partition(".")[0]), where)))


def _rule(where: str) -> Rule:
    module = max((name for name in sys.modules if where.startswith(f"{name}.")), key=len)
    rule: object = sys.modules[module]
    for name in where.removeprefix(f"{module}.").split("."):
        rule = getattr(rule, name)
    says = " ".join((inspect.getdoc(rule) or "").partition("\n\n")[0].split())
    folder = hasattr(sys.modules[module], "__path__")
    return Rule(where, f"{module.replace('.', '/')}{'/__init__' if folder else ''}.py", says)


def rules_without_words(rules: Mapping[str, tuple[Rule, ...]]) -> list[str]:
    """One line a rule without a docstring."""
    silent = sorted({rule.where for marked in rules.values() for rule in marked if not rule.says})
    return [f"{where} carries out a clause and does not say how; give it a docstring" for where in silent]


def ids_without_clause(rules: Mapping[str, tuple[Rule, ...]], known: set[str]) -> list[str]:
    """One line a rule that cites a clause the register does not have."""
    return [
        f"{rule.where} carries out {clause}, which docs/register.md does not have; correct the mark or add the clause"
        for clause, marked in rules.items()
        for rule in marked
        if clause not in known
    ]
