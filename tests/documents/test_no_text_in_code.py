"""No text that customers read stands in code: all of it is in the catalogues, in three languages."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

REPORTS = Path(__file__).parent.parent.parent / "reports"
FOR_THE_OFFICE = {  # read by the operator, in English
    *("close_report", "close_records", "charts", "gate_page", "pages", "statement"),
    *("close_workbook", "close_checks", "close_control_sheets", "close_front_sheets", "close_reading", "close_sheets", "sheets"),
}
MACHINES = {
    "wording",
    "ubl",
    "ubl_lines",
    "ubl_parties",
    "ubl_payment",
    "ubl_tree",
    "peppol_address",
    "archival",
    "qr",
    "logo",
    "lettering",
    "typefaces",
}  # write no words
MODULES = sorted(path.stem for path in REPORTS.glob("*.py") if path.stem not in FOR_THE_OFFICE | MACHINES)

WORDS = re.compile(r"[A-Za-zÀ-ÿ]{2,}[’',;:]? [A-Za-zÀ-ÿ]{2,}")  # two words side by side
ACCENTED = re.compile(r"[éèêàçôîïëùûœÉÈÀ]")
MARKUP = re.compile(r"<[^<>]*>?|^[^<>]*>|[a-z-]+:[^ ;][^;]*;?")  # tags, and styles, which have no space after their colon
ALIGNED = ("left", "right")
DRAWN = {"text", "lines", "Column", "wrapped", "fitted"}


def texts(code: str) -> Iterator[tuple[int, str]]:
    """Line and text of each literal with words a reader would read, and of each word that is drawn as it stands."""
    tree = ast.parse(code)
    ours = {id(part) for node in ast.walk(tree) for part in _not_for_readers(node)}
    drawn = {id(argument) for node in ast.walk(tree) if isinstance(node, ast.Call) and _name(node) in DRAWN for argument in node.args}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in ours:
            continue
        said = MARKUP.sub(" ", node.value)
        if WORDS.search(said) or ACCENTED.search(said) or (id(node) in drawn and said not in ALIGNED and re.search(r"[^\W\d_]{2}", said)):
            yield node.lineno, node.value


def _not_for_readers(node: ast.AST) -> Iterator[ast.AST]:
    """The docstring of a module, class or function, and what an error says."""
    if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body and isinstance(node.body[0], ast.Expr):
        yield node.body[0].value
    if isinstance(node, ast.Raise):
        yield from ast.walk(node)


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id if isinstance(call.func, ast.Name) else ""


@pytest.mark.parametrize("module", MODULES)
def test_no_text_that_customers_read_stands_in_code(module: str) -> None:
    assert list(texts((REPORTS / f"{module}.py").read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "code",
    [
        'pen.text(LEFT, y, "Total")',
        'label = f"Page {number} of {pages}, thank you"',
        'Column("Montant", RIGHT, 50)',
        'TITLE = "Réclamation"',
        'fitted("Factuur", REGULAR, 8, 100)',
    ],
)
def test_a_text_in_code_would_be_found(code: str) -> None:
    assert list(texts(code))


def test_every_document_is_looked_at() -> None:
    assert {"invoice_pdf", "usage_summary", "debit_note", "credit_note", "summary_pdf", "statement_pdf", "letter_pdf", "mail_text"} <= set(
        MODULES
    )
