"""How an e-invoice is paid: by transfer under its structured communication, by direct debit, or not at all; and until when, in words."""

from lxml import etree

from reports.figures import structured_reference
from reports.line_text import capital
from reports.records import Collection, InvoiceHead
from reports.ubl_tree import group, put, put_day
from reports.wording import Wording

TRANSFER, DIRECT_DEBIT, SET_OFF = "30", "59", "97"  # of the code list UNCL4461


def put_payment(root: etree._Element, head: InvoiceHead, words: Wording) -> None:
    """The means and the terms. A credit note is set against what is open; an invoice that comes to nothing is not paid."""
    if head.kind == "credit_note":
        means = _means(root, SET_OFF)
        put_day(means, "PaymentDueDate", head.due_on)
    elif head.gross > 0 and head.collection is not None:
        _put_debit(root, head, head.collection)
    elif head.gross > 0:
        _put_transfer(root, head)
    put(group(root, "PaymentTerms"), "Note", _terms(head, words))


def _means(root: etree._Element, code: str) -> etree._Element:
    means = group(root, "PaymentMeans")
    put(means, "PaymentMeansCode", code)
    return means


def _put_transfer(root: etree._Element, head: InvoiceHead) -> None:
    means = _means(root, TRANSFER)
    put(means, "PaymentID", structured_reference(head.structured_reference))
    account = group(means, "PayeeFinancialAccount")
    put(account, "ID", head.seller.iban.replace(" ", ""))
    put(account, "Name", head.seller.name)
    if head.seller.bic:
        put(group(account, "FinancialInstitutionBranch"), "ID", head.seller.bic)


def _put_debit(root: etree._Element, head: InvoiceHead, collection: Collection) -> None:
    means = _means(root, DIRECT_DEBIT)
    put(means, "PaymentID", structured_reference(head.structured_reference))
    mandate = group(means, "PaymentMandate")
    put(mandate, "ID", collection.mandate_id)
    if collection.iban:
        put(group(mandate, "PayerFinancialAccount"), "ID", collection.iban.replace(" ", ""))


def _terms(head: InvoiceHead, words: Wording) -> str:
    """Until when it is paid and what late payment costs, or why there is nothing to pay."""
    if head.kind == "credit_note" or head.gross < 0:
        return capital(words("label.set_off")) + "."
    if not head.gross:
        return capital(words("label.nothing_due")) + "."
    if head.collection is not None:
        day = words.figures.long_day(head.collection.collected_on)
        return f"{capital(words('debit.on', day=day))}. {capital(words('debit.nothing_to_do'))}."
    late = words("legal.late_debit_note" if head.kind == "debit_note" else "legal.late")
    return f"{words('label.to_pay')} {_by(head, words)}. {late}"


def _by(head: InvoiceHead, words: Wording) -> str:
    """Until when, in words; payable on receipt when it is due the day it is issued (BT-2.a)."""
    if head.due_on is None or head.due_on == head.issued_on:
        return words("label.on_receipt")
    return words("label.by", day=words.figures.long_day(head.due_on))
