"""`python -m tests.rule_book [--check]`."""

import sys
from pathlib import Path

from tests.rule_book.book import Book, lacks, markdown
from tests.rule_book.cases import marked_tests
from tests.rule_book.documents import parse
from tests.rule_book.register import read_register
from tests.rule_book.rules import marked_rules

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "rule-book.md"


def main(arguments: list[str]) -> int:
    """Write the rule book, or with --check compare it; 1 and what is missing on stderr when a clause is not accounted for."""
    documents = ROOT / "docs" / "clauses-on-documents.csv"
    book = Book(
        read_register(ROOT / "docs" / "register.md"), marked_rules(), marked_tests(ROOT), parse(documents.read_text(encoding="utf-8"))
    )
    wrong = lacks(book)
    text = markdown(book)
    if "--check" not in arguments:
        PAGE.write_text(text, encoding="utf-8")
    elif not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != text:
        wrong.append("docs/rule-book.md is not what its sources say; run `make rule-book` and commit it")
    sys.stderr.write("".join(f"{line}\n" for line in wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
