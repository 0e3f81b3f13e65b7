"""The cases of the clauses: tests with the mark `clause`, collected by pytest itself, told in words."""

import contextlib
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path

import pytest

LONGEST = 80
PROPER = {
    name.lower(): name
    for name in (
        *("January", "February", "April", "June", "July", "August", "September", "October", "November", "December"),
        *("Belgian", "Belgium", "Brussels", "European", "French", "Luxembourg", "Telavox", "Union"),
        *("CSV", "EU", "ID", "IDs", "PDF", "PDFs", "SIM", "SIMs", "SIP", "SLA", "SMS", "VAT"),
    )
}


@dataclass(frozen=True, slots=True)
class Test:
    """A test of a clause: its file, what that file tells of (the first line of its docstring), its name as a sentence, its sub-cases."""

    path: str
    setting: str
    sentence: str
    examples: tuple[str, ...] = ()


@dataclass
class _Collected:
    """What pytest hands over when it has collected."""

    items: list[pytest.Function] = field(default_factory=list)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.items = [item for item in session.items if isinstance(item, pytest.Function)]


def marked_tests(root: Path) -> dict[str, tuple[Test, ...]]:
    """Clause id → its tests, in the order of the files. Raises RuntimeError with what pytest says when it cannot collect."""
    collected, said = _Collected(), io.StringIO()
    options = ["--collect-only", "-q", "-p", "no:cacheprovider", f"--rootdir={root}"]
    options.append("--assert=plain")  # nothing is run, so no assertion needs its explanation: twice as fast
    with contextlib.redirect_stdout(said):
        code = pytest.main([*options, str(root / "tests")], [collected])
    if code != pytest.ExitCode.OK:
        raise RuntimeError(f"the tests cannot be collected; mend this first:\n{said.getvalue()}")
    return by_clause(collected.items, root)


def by_clause(items: Iterable[pytest.Function], root: Path) -> dict[str, tuple[Test, ...]]:
    """The tests of each clause, one for all its parameters."""
    found: dict[str, dict[str, tuple[pytest.Function, list[str]]]] = {}
    for item in items:
        for clause in sorted({clause for mark in item.iter_markers("clause") for clause in mark.args}):
            _, examples = found.setdefault(clause, {}).setdefault(item.nodeid.partition("[")[0], (item, []))
            if hasattr(item, "callspec") and (example := in_words(item.callspec.id, item.callspec.params)):
                examples.append(example)
    return {clause: tuple(_test(item, examples, root) for item, examples in tests.values()) for clause, tests in found.items()}


def _test(item: pytest.Function, examples: list[str], root: Path) -> Test:
    words = sentence(item.originalname)
    if hasattr(item.function, "hypothesis"):
        words = f"Always: {words[0].lower()}{words[1:]}"
    setting = (item.module.__doc__ or "").strip().partition("\n")[0]
    return Test(item.path.relative_to(root).as_posix(), setting, words, tuple(dict.fromkeys(examples)))


def sentence(name: str) -> str:
    """`test_a_call_is_free` as "A call is free". Names have their capitals back, but for months that are also words."""
    words = " ".join(PROPER.get(word, word) for word in name.removeprefix("test_").split("_"))
    return words[:1].upper() + words[1:]


def in_words(example: str, params: Mapping[str, object]) -> str:
    """A sub-case in words: the id somebody wrote, or else the values that have a short form."""
    if not re.fullmatch("-".join(_unnamed(name, value) for name, value in params.items()), example):
        return example.replace("_", " ")
    shown = ((name.replace("_", " "), _short(value)) for name, value in params.items())
    return ", ".join(f"{name} {value}" for name, value in shown if value)


def _unnamed(name: str, value: object) -> str:
    """What pytest calls a parameter nobody named: its text where it is a simple one, else its name and a number."""
    texts = [re.escape(name) + r"\d+"]
    if value is None or isinstance(value, str | int):
        texts.append(re.escape(value.encode("unicode_escape").decode() if isinstance(value, str) else str(value)))
    elif isinstance(value, Enum):
        texts.append(re.escape(str(value)))
    elif hasattr(value, "__name__"):
        texts.append(re.escape(value.__name__))
    return f"(?:{'|'.join(texts)})"


def _short(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, Enum):
        return value.name.lower().replace("_", " ")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime | date | Decimal | int | str):
        text = str(value)
        return text if len(text) <= LONGEST and "\n" not in text else f"{text.split(chr(10), maxsplit=1)[0][:LONGEST]}…"
    if isinstance(value, tuple) and value and all(isinstance(each, str | int | Decimal | date) for each in value):
        return " and ".join(str(each) for each in value)
    return ""


def ids_without_clause(tests: Mapping[str, tuple[Test, ...]], known: set[str]) -> list[str]:
    """One line a test that is marked with a clause the register does not have."""
    return [
        f"the test {test.sentence!r} in {test.path} is marked {clause}, which docs/register.md does not have; correct the mark"
        for clause, marked in sorted(tests.items())
        for test in marked
        if clause not in known
    ]
