"""Our own checks of an e-invoice: what matters without a copy of the Peppol rules, and what no official rule finds."""

from collections.abc import Iterator
from pathlib import PurePath

from tasks.e_invoice import own_amounts, own_form, own_parties, own_payment, own_vat
from tasks.e_invoice.finding import Finding
from tasks.e_invoice.house import CHECKS
from tasks.e_invoice.reading import Document

MODULES = (own_form, own_parties, own_payment, own_amounts, own_vat)  # importing them registers their checks


def own_findings(name: str, found: Document) -> Iterator[Finding]:
    """What our own checks find in the document that is kept under `name`."""
    yield from _other_name(name, found)
    for check in CHECKS.values():
        yield from check.findings(name, found)


def _other_name(name: str, found: Document) -> Iterator[Finding]:
    """A document is found by its number, so its file is named after it."""
    number, stem = found.text("cbc:ID"), PurePath(name).stem
    if number != stem:
        yield Finding(name, "house-number-of-file", "fatal", f"its number is {number!r}, its file is named {stem!r}")
