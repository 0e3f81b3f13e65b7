"""Our own checks of how an e-invoice is paid: until when, on which account, under which communication."""

import re
from collections.abc import Iterator
from decimal import Decimal

from lxml import etree
from stdnum.be import ogm_vcs

from tasks.e_invoice.house import house
from tasks.e_invoice.master_data import is_iban
from tasks.e_invoice.own_form import day
from tasks.e_invoice.reading import Document, place

DIRECT_DEBIT = ("49", "59")
COMMUNICATION = re.compile(r"\+\+\+\d{3}/\d{4}/\d{5}\+\+\+|\d{12}")


def is_to_be_paid(found: Document) -> bool:
    """Whether the payer has something to pay."""
    return found.kind == "Invoice" and (found.amount("cac:LegalMonetaryTotal/cbc:PayableAmount") or Decimal(0)) > 0


@house("house-due-date")
def due_date(found: Document) -> Iterator[str]:
    """Until when it is paid; never before it is issued (no official rule asks for the day since EN 16931 1.3.16)."""
    said = found.text("cbc:DueDate") or found.text("cac:PaymentMeans/cbc:PaymentDueDate")
    if not said and is_to_be_paid(found):
        yield "it says not until when it is to be paid (DueDate)"
    due, issued = day(said), day(found.text("cbc:IssueDate"))
    if due and issued and due < issued:
        yield f"it is due on {due}, before it is issued on {issued}"


@house("house-payment-means")
def payment_means(found: Document) -> Iterator[str]:
    """How it is paid; a direct debit names its mandate (R061)."""
    means = found.all("cac:PaymentMeans")
    if not means and is_to_be_paid(found):
        yield "it says not how it is to be paid (PaymentMeans)"
    for one in means:
        if found.text("cbc:PaymentMeansCode", one) in DIRECT_DEBIT and not found.text("cac:PaymentMandate/cbc:ID", one):
            yield f"{place(one)} is a direct debit that names no mandate (PaymentMandate)"


@house("house-communication")
def communication(found: Document) -> Iterator[str]:
    """The structured communication that payments are booked by, with right check digits."""
    said = [identifier for one in found.all("cac:PaymentMeans") for identifier in found.all("cbc:PaymentID", one)]
    if not said and is_to_be_paid(found):
        yield "it has no structured communication (PaymentID)"
    for identifier in said:
        text = (identifier.text or "").strip()
        if not COMMUNICATION.fullmatch(text) or not ogm_vcs.is_valid(text):
            yield f"{place(identifier)}: {text!r} is no structured communication, as +++123/1234/12328+++; check its digits"


@house("house-account")
def account(found: Document) -> Iterator[str]:
    """The account to pay to is an IBAN whose check digits are right."""
    for one in found.all("cac:PaymentMeans"):
        accounts = found.all("cac:PayeeFinancialAccount/cbc:ID", one)
        if not accounts and found.text("cbc:PaymentMeansCode", one) not in DIRECT_DEBIT and is_to_be_paid(found):
            yield f"{place(one)} has no account to pay to (PayeeFinancialAccount)"
        yield from (fault for identifier in accounts if (fault := _fault_of_account(identifier)))


def _fault_of_account(identifier: etree._Element) -> str:
    text = (identifier.text or "").strip()
    return "" if is_iban(text) and " " not in text else f"{place(identifier)}: {text!r} is no IBAN; check its digits"
