"""The rule book: read from the register, written as a page, and refused when a clause is not accounted for."""

import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from billing.clause import CLAUSE_ID
from tests.rule_book import documents
from tests.rule_book.book import Book, lacks, markdown
from tests.rule_book.cases import Test as CaseTest
from tests.rule_book.cases import in_words, sentence
from tests.rule_book.register import RegisterError, parse, read_register
from tests.rule_book.rules import Rule

ROOT = Path(__file__).parent.parent.parent
REGISTER = """# A register

Words before the first part.

## Telephony

### BT-2.e
> arrondi au cent supérieur

Rule: Rounded up once a call,
whatever its length.

Rule (lookup): The longest prefix.

Decision: The same for SMS.

## General

### GC-16
> Force majeure

Computes nothing: A person invokes it.
"""
BOOK = Book(
    parse(REGISTER),
    {"BT-2.e": (Rule("billing.money.ceil_to_cent", "billing/money.py", "Returns the amount."),)},
    {"BT-2.e": (CaseTest("tests/rules/test_money.py", "Amounts.", "A call goes up", ("3 seconds * 2",)),)},
    {"BT-2.e": (documents.Cited("invoice line, usage", 1234, "2026-000017"),)},
)


def test_the_register_says_of_each_clause_its_words_rules_decisions_or_reason() -> None:
    call, force = BOOK.clauses
    assert (call.clause_id, call.part, call.quote, call.reason) == ("BT-2.e", "Telephony", "arrondi au cent supérieur", "")
    assert [(rule.about, rule.text) for rule in call.rules] == [
        ("", "Rounded up once a call, whatever its length."),
        ("lookup", "The longest prefix."),
    ]
    assert [decision.text for decision in call.decisions] == ["The same for SMS."]
    assert (force.rules, force.reason) == ((), "A person invokes it.")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("## P\n\n### Something\n> q\n", "'### Something' is no clause id"),
        ("## P\n\n### BT-2.e\n> q\n\n### BT-2.e\n> q\n", "BT-2.e stands in the register twice"),
        ("## P\n\n### BT-2.e\nRule: r\n", "BT-2.e does not begin with the words of the terms"),
        ("## P\n\n### BT-2.e\n> q\n\nRounded up.\n", "BT-2.e: 'Rounded up.' has no label"),
    ],
)
def test_a_register_that_cannot_be_read_names_the_clause(wrong: str, message: str) -> None:
    with pytest.raises(RegisterError, match=re.escape(message)):
        parse(wrong)


def test_the_register_of_the_project_has_every_article_of_the_terms() -> None:
    ids = [clause.clause_id for clause in read_register(ROOT / "docs" / "register.md")]
    assert all(CLAUSE_ID.fullmatch(clause_id) for clause_id in ids)
    articles = list(dict.fromkeys(clause_id.split(".")[0] for clause_id in ids))
    general = [f"GC-{article}" for article in range(1, 19)]
    assert articles == ["CG-1", "CG-2", "CG-3", "CG-4", "BT-1", "BT-2", "ST-1", "ST-2", "WM-1", "WM-2", *general]


def test_a_clause_with_rule_and_case_and_one_with_a_reason_lack_nothing() -> None:
    assert lacks(BOOK) == []


def test_a_clause_whose_rule_is_gone_is_named() -> None:
    assert lacks(replace(BOOK, rules={})) == ["BT-2.e is carried out by no rule; mark the function with @carries_out('BT-2.e')"]


def test_a_clause_whose_case_is_gone_is_named() -> None:
    assert lacks(replace(BOOK, tests={})) == ['BT-2.e has no case; mark a test with @pytest.mark.clause("BT-2.e")']


def test_a_clause_whose_reason_is_gone_is_named() -> None:
    silent = replace(BOOK, clauses=(BOOK.clauses[0], replace(BOOK.clauses[1], reason="")))
    assert lacks(silent) == ["GC-16 has neither a rule nor a reason why it computes nothing; write one in docs/register.md"]


def test_a_clause_that_computes_nothing_has_no_rule() -> None:
    both = replace(BOOK, rules={**BOOK.rules, "GC-16": BOOK.rules["BT-2.e"]})
    assert lacks(both) == ["GC-16 is said to compute nothing, but it has a rule; keep one of the two"]


def test_a_rule_a_case_or_a_document_of_an_unknown_clause_is_named() -> None:
    unknown = replace(
        BOOK,
        rules={**BOOK.rules, "CG-9": BOOK.rules["BT-2.e"]},
        tests={**BOOK.tests, "CG-8": BOOK.tests["BT-2.e"]},
        documents={"CG-7": BOOK.documents["BT-2.e"]},
    )
    assert lacks(unknown) == [
        "billing.money.ceil_to_cent carries out CG-9, which docs/register.md does not have; correct the mark or add the clause",
        "the test 'A call goes up' in tests/rules/test_money.py is marked CG-8, which docs/register.md does not have; correct the mark",
        "documents cite CG-7, which docs/register.md does not have",
    ]


def test_a_rule_that_does_not_say_how_is_named() -> None:
    silent = replace(BOOK, rules={"BT-2.e": (replace(BOOK.rules["BT-2.e"][0], says=""),)})
    assert lacks(silent) == ["billing.money.ceil_to_cent carries out a clause and does not say how; give it a docstring"]


def test_the_page_goes_from_the_terms_to_the_rule_to_the_cases_to_the_documents() -> None:
    page = markdown(BOOK)
    clause = page[page.index("### BT-2.e") : page.index("## Clauses that compute nothing")]
    assert clause.split("\n") == [
        "### BT-2.e", "", "> arrondi au cent supérieur", "",
        "**Rule.** Rounded up once a call, whatever its length.", "",
        "**Rule (lookup).** The longest prefix.", "",
        "**Decision.** The same for SMS.", "",
        "Carried out by", "", "- [`billing.money.ceil_to_cent`](../billing/money.py): Returns the amount.", "",
        "Cases", "", "- [tests/rules/test_money.py](../tests/rules/test_money.py): Amounts.", "  - A call goes up", "    - 3 seconds \\* 2", "",
        "On documents", "", "- invoice line, usage: 1,234 times, for example 2026-000017", "", "",
    ]  # fmt: skip


def test_the_page_ends_with_reasons_and_coverage() -> None:
    page = markdown(BOOK)
    assert "### GC-16\n\n> Force majeure\n\nA person invokes it.\n" in page
    assert "2 clauses: 1 carried out, 1 that compute nothing." in page
    assert "| [BT-2.e](#bt-2e) | 1 | 1 | 1 | 1,234 |\n| [GC-16](#gc-16) | computes nothing | | | |\n" in page


def test_the_name_of_a_test_is_a_sentence() -> None:
    assert sentence("test_a_call_of_0_seconds_is_free") == "A call of 0 seconds is free"
    assert sentence("test_a_sip_call_on_25_october_may_be_dear") == "A SIP call on 25 October may be dear"


@pytest.mark.parametrize(
    ("example", "params", "words"),
    [
        ("27 December: nothing", {"on": date(2026, 12, 27), "expected": "0.00"}, "27 December: nothing"),
        ("one_user_cannot_become_none", {"case": {}}, "one user cannot become none"),
        ("on0-0.00", {"on": date(2026, 12, 27), "expected": "0.00"}, "on 2026-12-27, expected 0.00"),
        ("amount1-None-True", {"amount": Decimal("9.99"), "refunded": None, "below": True}, "amount 9.99, refunded none, below yes"),
        ("call0-free", {"call": object(), "status": "free"}, "status free"),
        ("call0", {"call": object()}, ""),
    ],
)
def test_a_sub_case_is_told_by_its_id_or_by_its_values(example: str, params: dict[str, object], words: str) -> None:
    assert in_words(example, params) == words


def test_tests_that_cannot_be_collected_are_an_error_not_an_empty_book(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_broken.py").write_text("import nothing_of_that_name\n", encoding="utf-8")
    asked = f"from pathlib import Path; from tests.rule_book.cases import marked_tests; marked_tests(Path({str(tmp_path)!r}))"
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "the tests cannot be collected; mend this first" in done.stderr


def test_documents_are_read_by_clause() -> None:
    text = 'clause,document,times,example\nBT-2.b,"invoice line, recurring",3,2026-000001\n'
    assert documents.parse(text) == {"BT-2.b": (documents.Cited("invoice line, recurring", 3, "2026-000001"),)}
    with pytest.raises(ValueError, match="expected"):
        documents.parse("clause,times\n")


def _without(path: Path, pattern: str, instead: str = "") -> None:
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(pattern, instead, text), encoding="utf-8")


def test_with_a_rule_a_case_and_a_reason_removed_the_check_fails_and_names_each(tmp_path: Path) -> None:
    """In a copy of the project, whole but for the three."""
    for folder in ("billing", "sql", "expectations", "reports", "tasks", "flows", "tests", "docs"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "pictures"))
    for file in ("pyproject.toml", "prefect.yaml"):
        shutil.copy(ROOT / file, tmp_path)
    _without(tmp_path / "billing" / "suspension_grounds.py", r'@carries_out\("CG-2\.f"\)\n')
    for path in (tmp_path / "tests").rglob("test_*.py"):
        _without(path, r'(mark\.clause\(.*)"GC-9\.1\.b"', r'\1"GC-9.1.c"')
    _without(tmp_path / "docs" / "register.md", r"(?m)^Computes nothing: Force majeure.*\n")
    done = subprocess.run([sys.executable, "-m", "tests.rule_book", "--check"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "CG-2.f is carried out by no rule; mark the function with @carries_out('CG-2.f')",
        'GC-9.1.b has no case; mark a test with @pytest.mark.clause("GC-9.1.b")',
        "GC-16 has neither a rule nor a reason why it computes nothing; write one in docs/register.md",
        "docs/rule-book.md is not what its sources say; run `make rule-book` and commit it",
    ]
