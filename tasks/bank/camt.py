"""CAMT.053, the ISO 20022 bank statement, of version 02 and every later one: read strictly, with entities, DTD and network off.

The schemas of ISO are not shipped: what is needed of a statement is checked here, element by element, and its balances must add up.
"""

import io
import re
from collections.abc import Iterator
from decimal import Decimal

from lxml import etree

from billing.bank import Statement, StatementRefused
from tasks.bank.camt_details import movements_of
from tasks.bank.camt_elements import Element, amount_of, children, name_of, refused, required_day, required_sign, text_of
from tasks.feed.rejects import FileRefused

LAYOUT = "camt.053"
NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.(\d{2})")
FIRST_VERSION = 2
OPENING, CLOSING = ("OPBD", "PRCD"), ("CLBD",)


def read_camt(content: bytes) -> list[Statement | StatementRefused]:
    """The statements of a file in its order, each read or refused with its line; their sums are not checked here.

    Raises FileRefused for what is no CAMT.053 at all, broken XML, or XML with a document type, which could hold entities.
    """
    if any("<!DOCTYPE".encode(encoding) in content for encoding in ("ascii", "utf-16-le", "utf-16-be")):
        raise FileRefused("the XML declares a document type, which a bank statement never has; it is not read")
    found: list[Statement | StatementRefused] = []
    try:
        for element in _statements(content):
            found.append(_read(element))
            element.clear()
    except etree.XMLSyntaxError as error:
        raise FileRefused(f"broken XML: {error.msg}; ask the bank for the file again", int(error.lineno or 0)) from None
    if not found:
        raise FileRefused("there is no statement in it (BkToCstmrStmt/Stmt); deliver the account statement, camt.053")
    return found


def _statements(content: bytes) -> Iterator[Element]:
    """Each Stmt when it is whole. Raises FileRefused for another kind of document."""
    events = etree.iterparse(
        io.BytesIO(content),
        events=("start", "end"),
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    is_root = True
    for event, element in events:
        if is_root:
            _require_camt(element)
            is_root = False
        if event == "end" and name_of(element) == "Stmt":
            yield element


def _require_camt(root: Element) -> None:
    if root.getroottree().docinfo.doctype:
        raise FileRefused("the XML declares a document type, which a bank statement never has; it is not read")
    namespace = etree.QName(root).namespace or ""
    match = NAMESPACE.fullmatch(namespace)
    if name_of(root) != "Document" or match is None or int(match[1]) < FIRST_VERSION:
        raise FileRefused(
            "not a CAMT.053 statement of version 02 or later; deliver the account statement, camt.053",
            int(root.sourceline or 0),
            "namespace",
            namespace,
        )


def _read(statement: Element) -> Statement | StatementRefused:
    try:
        return _statement(statement)
    except StatementRefused as problem:
        return problem


def _statement(element: Element) -> Statement:
    if _is_a_page(element):
        raise refused(element, "the statement is only a page of one; ask the bank for statements in one piece")
    iban = text_of(element, "Acct/Id/IBAN", "Acct/Id/Othr/Id").replace(" ", "").upper()
    if not iban:
        raise refused(element, "the statement names no account (Acct/Id); ask the bank for the statement again")
    currency = text_of(element, "Acct/Ccy")
    if currency not in ("", "EUR"):
        raise refused(element, f"the account {iban} is in {currency}; only statements in EUR are booked")
    opening, closing = _balance(element, OPENING), _balance(element, CLOSING)
    to_day = required_day(closing, "Dt")
    return Statement(
        iban=iban,
        number=_number(element),
        from_day=min(required_day(opening, "Dt"), to_day),
        to_day=to_day,
        opening=_signed(opening),
        closing=_signed(closing),
        movements=movements_of(element, iban),
        layout=LAYOUT,
        line=int(element.sourceline or 0),
    )


def _is_a_page(element: Element) -> bool:
    """Whether balances of the whole statement stand elsewhere; a last page that has both is as good as the whole."""
    return text_of(element, "StmtPgntn/LastPgInd") in ("false", "0")


def _number(element: Element) -> int | None:
    """The legal number, as on paper and in CODA, else that of the electronic statements."""
    written = text_of(element, "LglSeqNb", "ElctrncSeqNb")
    if written and not re.fullmatch(r"\d{1,9}", written):
        raise refused(element, f"{written[:40]!r} is no statement number; ask the bank for the statement again")
    return int(written) or None if written else None


def _balance(element: Element, kinds: tuple[str, ...]) -> Element:
    by_kind = {text_of(balance, "Tp/CdOrPrtry/Cd"): balance for balance in reversed(children(element, "Bal"))}
    for kind in kinds:
        if kind in by_kind:
            return by_kind[kind]
    raise refused(element, f"the statement has no balance {kinds[0]}; ask the bank for the whole statement")


def _signed(balance: Element) -> Decimal:
    return required_sign(balance) * amount_of(balance)


__all__ = ["LAYOUT", "read_camt"]
