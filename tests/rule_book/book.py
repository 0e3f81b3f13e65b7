"""The rule book as Markdown, and what it lacks: pure, from the register, the marked rules, the marked tests and the documents."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from tests.rule_book import cases, rules
from tests.rule_book.cases import Test
from tests.rule_book.documents import Cited
from tests.rule_book.register import Clause, Said
from tests.rule_book.rules import Rule

HEAD = """# The rule book

Each clause of the [register](register.md): the words of the terms, the rule they make, the functions that carry it out, its cases in words, and the
documents of the demo's closed months that cite it. Made by `make rule-book`; `make check` refuses it when it is not what the sources say.
"""


@dataclass(frozen=True, slots=True)
class Book:
    """All the rule book is made from. The rules, tests and documents are by clause id."""

    clauses: tuple[Clause, ...]
    rules: dict[str, tuple[Rule, ...]]
    tests: dict[str, tuple[Test, ...]]
    documents: dict[str, tuple[Cited, ...]]


def lacks(book: Book) -> list[str]:
    """One line for everything an auditor would ask about; empty = every clause is accounted for."""
    known = {clause.clause_id for clause in book.clauses}
    found = [line for clause in book.clauses for line in _lacks_of(book, clause)]
    unknown = [f"documents cite {clause}, which docs/register.md does not have" for clause in book.documents if clause not in known]
    unknown = [*rules.ids_without_clause(book.rules, known), *cases.ids_without_clause(book.tests, known), *unknown]
    return [*found, *rules.rules_without_words(book.rules), *unknown]


def _lacks_of(book: Book, clause: Clause) -> Iterator[str]:
    carried, tested = book.rules.get(clause.clause_id, ()), book.tests.get(clause.clause_id, ())
    if clause.reason:
        if clause.rules or carried:
            yield f"{clause.clause_id} is said to compute nothing, but it has a rule; keep one of the two"
        return
    if not clause.rules:
        yield f"{clause.clause_id} has neither a rule nor a reason why it computes nothing; write one in docs/register.md"
        return
    if not carried:
        yield f"{clause.clause_id} is carried out by no rule; mark the function with @carries_out({clause.clause_id!r})"
    if not tested:
        yield f'{clause.clause_id} has no case; mark a test with @pytest.mark.clause("{clause.clause_id}")'


def markdown(book: Book) -> str:
    """The whole page, ending in a line end."""
    computing = [clause for clause in book.clauses if not clause.reason]
    silent = [clause for clause in book.clauses if clause.reason]
    parts: list[str] = [HEAD]
    for part, clauses in groupby(computing, attrgetter("part")):
        parts.append(f"## {part}\n")
        parts += [_clause(book, clause) for clause in clauses]
    parts.append("## Clauses that compute nothing\n")
    parts += [f"### {clause.clause_id}\n\n> {clause.quote}\n\n{clause.reason}\n" for clause in silent]
    parts += ["## Coverage\n", _coverage(book)]
    return "\n".join(parts)


def _clause(book: Book, clause: Clause) -> str:
    lines = [f"### {clause.clause_id}", "", f"> {clause.quote}", ""]
    lines += [*_said("Rule", clause.rules), *_said("Decision", clause.decisions)]
    carried, tested = book.rules.get(clause.clause_id, ()), book.tests.get(clause.clause_id, ())
    lines += ["Carried out by", "", *(_rule(rule) for rule in carried), ""]
    lines += ["Cases", "", *_tests(tested), ""]
    if cited := book.documents.get(clause.clause_id):
        lines += ["On documents", "", *(f"- {each.document}: {each.times:,} times, for example {each.example}" for each in cited), ""]
    return "\n".join(lines)


def _said(label: str, said: tuple[Said, ...]) -> Iterator[str]:
    for each in said:
        yield f"**{label}{f' ({each.about})' if each.about else ''}.** {each.text}"
        yield ""


def _rule(rule: Rule) -> str:
    return f"- [`{rule.where}`](../{rule.path}): {rule.says}"


def _tests(tests: tuple[Test, ...]) -> Iterator[str]:
    for path, of_file in groupby(tests, attrgetter("path")):
        of_this = list(of_file)
        yield f"- [{path}](../{path}): {of_this[0].setting}"
        for test in of_this:
            yield f"  - {_plain(test.sentence)}"
            yield from (f"    - {_plain(example)}" for example in test.examples)


def _plain(words: str) -> str:
    """Words of a test as they are: nothing in them is Markdown."""
    return "".join(f"\\{letter}" if letter in "\\`*_<>[]#|" else letter for letter in words)


def _coverage(book: Book) -> str:
    rows = ["| clause | rules | tests | cases | on documents |", "|---|---:|---:|---:|---:|"]
    rows += [_row(book, clause) for clause in book.clauses]
    computing = sum(not clause.reason for clause in book.clauses)
    count = f"{len(book.clauses)} clauses: {computing} carried out, {len(book.clauses) - computing} that compute nothing."
    return "\n".join([count, "", *rows, ""])


def _row(book: Book, clause: Clause) -> str:
    link = f"[{clause.clause_id}](#{clause.clause_id.lower().replace('.', '')})"
    if clause.reason:
        return f"| {link} | computes nothing | | | |"
    tests = book.tests.get(clause.clause_id, ())
    told = sum(max(1, len(test.examples)) for test in tests)
    times = sum(each.times for each in book.documents.get(clause.clause_id, ()))
    return f"| {link} | {len(book.rules.get(clause.clause_id, ()))} | {len(tests)} | {told} | {f'{times:,}' if times else ''} |"
