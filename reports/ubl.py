"""The e-invoice: an invoice, credit note or debit note as Peppol BIS Billing 3.0 wants it (UBL 2.1), with the amounts of the ledger.

Nothing is computed here: lines, VAT and totals are those of the record, as on paper. The order of the elements is that of the schema.
"""

import base64

from lxml import etree

from billing.clause import carries_out
from billing.numbering import PREFIX
from reports.credit_note import as_shown, credits_sentence, reason
from reports.line_text import capital, contract_title
from reports.records import InvoiceHead, InvoiceRecord, Kind, VatLine
from reports.ubl_lines import put_category, put_lines
from reports.ubl_parties import put_buyer, put_seller
from reports.ubl_payment import put_payment
from reports.ubl_tree import document, group, legible, put, put_amount, put_day, written
from reports.wording import Wording, wording

CUSTOMIZATION = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
PROFILE = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
ROOTS: dict[Kind, str] = {"invoice": "Invoice", "debit_note": "Invoice", "credit_note": "CreditNote"}
TYPE_CODES: dict[Kind, str] = {"invoice": "380", "debit_note": "383", "credit_note": "381"}
REASON_CODES = {"AE": "VATEX-EU-AE", "O": "VATEX-EU-O"}  # of the list VATEX; of an exemption the law is in the words alone


@carries_out("CG-2.b")
def e_invoice(record: InvoiceRecord, *, pdf: bytes | None, pdf_name: str = "") -> bytes:
    """The document as XML in UTF-8, the PDF embedded when it is given; the same record and PDF give the same bytes.

    The amounts of a credit note are positive here, negative in the record. Raises ValueError for a draft, a document without lines, and
    amounts with parts of a cent.
    """
    if not record.head.number or record.head.issued_on is None:
        raise ValueError("a draft has no e-invoice: it has no number and no date yet")
    if not any(section.lines for section in record.end_clients):
        raise ValueError(f"{record.head.number} has no line, and an e-invoice has one at least")
    record, words = as_shown(record), wording(record.head.payer.language)
    head, is_outside_vat = record.head, any(line.category == "O" for line in record.vat)
    root = document(ROOTS[head.kind])
    _put_head(root, record, words)
    _put_references(root, record, words, pdf, pdf_name or f"{head.number}.pdf")
    put_seller(root, head.seller, head.collection, is_outside_vat=is_outside_vat)
    put_buyer(root, head.payer, head.seller, is_outside_vat=is_outside_vat)
    put_payment(root, head, words)
    _put_tax(root, record, words)
    _put_totals(root, head)
    put_lines(root, record, words)
    return written(root)


def _put_head(root: etree._Element, record: InvoiceRecord, words: Wording) -> None:
    head = record.head
    put(root, "CustomizationID", CUSTOMIZATION)
    put(root, "ProfileID", PROFILE)
    put(root, "ID", head.number)
    put_day(root, "IssueDate", head.issued_on)
    if head.kind != "credit_note":  # a credit note has its day with the means of payment
        put_day(root, "DueDate", head.due_on)
    put(root, f"{ROOTS[head.kind]}TypeCode", TYPE_CODES[head.kind])
    put(root, "Note", _note(record, words))
    put(root, "DocumentCurrencyCode", "EUR")
    put(root, "BuyerReference", head.payer.payer_id)
    period = group(root, "InvoicePeriod")
    put_day(period, "StartDate", head.period_first)
    put_day(period, "EndDate", head.period_last)


def _note(record: InvoiceRecord, words: Wording) -> str:
    """One note at most is allowed (R002): of a credit note which invoice it credits, why and its mention; else the terms that run."""
    head = record.head
    if head.kind == "credit_note":
        mention = words("vat.credit_note") if any(line.vat for line in record.vat) else ""
        return " ".join(filter(None, (credits_sentence(head, words), _sentence(reason(head, words)), mention)))
    said = [f"{capital(contract_title('', term.contract_id, term, words))}." for term in record.terms]
    if head.replaces_number:
        said.insert(0, f"{words('label.replaces')} {head.replaces_number}.")
    return " ".join(said)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _put_references(root: etree._Element, record: InvoiceRecord, words: Wording, pdf: bytes | None, pdf_name: str) -> None:
    """The invoice credited or made anew, the contract where there is one alone, and the PDF."""
    head = record.head
    if preceding := head.credits_number or head.replaces_number:
        reference = group(root, "BillingReference", "InvoiceDocumentReference")
        put(reference, "ID", preceding)
        put_day(reference, "IssueDate", head.credits_on)
    contracts = {legible(line.contract_id) for section in record.end_clients for line in section.lines}
    if len(contracts) == 1 and (contract := contracts.pop()):
        put(group(root, "ContractDocumentReference"), "ID", contract)
    if pdf is not None:
        attached = group(root, "AdditionalDocumentReference")
        put(attached, "ID", head.number)
        put(attached, "DocumentDescription", f"{words('title.' + head.kind)} {head.number}")
        content = base64.b64encode(pdf).decode("ascii")
        put(group(attached, "Attachment"), "EmbeddedDocumentBinaryObject", content, mimeCode="application/pdf", filename=pdf_name)


@carries_out("GC-5.1")
def _put_tax(root: etree._Element, record: InvoiceRecord, words: Wording) -> None:
    """VAT as the ledger has it, by category and rate; where there is none, why."""
    total = group(root, "TaxTotal")
    put_amount(total, "TaxAmount", record.head.vat_total)
    for line in record.vat:
        subtotal = group(total, "TaxSubtotal")
        put_amount(subtotal, "TaxableAmount", line.base)
        put_amount(subtotal, "TaxAmount", line.vat)
        put_category(
            subtotal, "TaxCategory", line.category, line.rate, (REASON_CODES.get(line.category, ""), _why(record.head, line, words))
        )


def _why(head: InvoiceHead, line: VatLine, words: Wording) -> str:
    """The mention that the category needs by law; interest and fees are outside VAT for another reason than foreign customers."""
    is_late = head.kind == "debit_note" or head.credits_number.startswith(PREFIX["debit_note"])
    return words("vat.O_debit_note" if line.category == "O" and is_late else f"vat.{line.category}")


def _put_totals(root: etree._Element, head: InvoiceHead) -> None:
    totals = group(root, "LegalMonetaryTotal")
    put_amount(totals, "LineExtensionAmount", head.net)
    put_amount(totals, "TaxExclusiveAmount", head.net)
    put_amount(totals, "TaxInclusiveAmount", head.gross)
    put_amount(totals, "PayableAmount", head.gross)
