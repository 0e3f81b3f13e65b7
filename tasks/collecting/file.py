"""A SEPA direct debit file, pain.008.001.08: the same debits make the same bytes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from lxml import etree
from sepaxml import SepaDD
from sepaxml.validation import ValidationError, try_valid_xml
from text_unidecode import unidecode

from billing.collected import payment_id
from billing.collections import Scheme, Sequenced
from tasks.ledger import Stopped

SCHEMA = "pain.008.001.08"
MADE_AT = "07:00:00"  # no rule reads the clock: every file of a day is of this hour
NAME_LENGTH, TEXT_LENGTH = 70, 140
_SPACE = {"p": f"urn:iso:std:iso:20022:tech:xsd:{SCHEMA}"}
_NOT_SEPA = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]+")


@dataclass(frozen=True, slots=True)
class Creditor:
    """Who debits: his name, account and bank, and the creditor identifier of his bank."""

    name: str
    iban: str
    bic: str
    creditor_id: str


@dataclass(frozen=True, slots=True)
class Transaction:
    """A debit as it stands in the file; EUR, above 0.00."""

    end_to_end_id: str
    amount: Decimal
    sequence: Sequenced
    mandate_id: str
    signed_on: date
    iban: str
    bic: str
    name: str
    remittance: str


def message_id(collected_on: date, scheme: Scheme, made_on: date) -> str:
    """Returns the id of the file made on a day for a day: DD-20261127-CORE-20261120."""
    return f"DD-{collected_on:%Y%m%d}-{scheme}-{made_on:%Y%m%d}"


def sepa_text(text: str, length: int) -> str:
    """Returns a text in the letters that every bank of SEPA takes: no accents, & as +, anything else a space."""
    return " ".join(_NOT_SEPA.sub(" ", unidecode(text).replace("&", "+")).split())[:length].strip()


def direct_debit_file(creditor: Creditor, scheme: Scheme, collected_on: date, made_on: date, debits: Sequence[Transaction]) -> bytes:
    """Returns the file, its first debits (FRST) and recurring ones (RCUR) as a batch each. Raises Stopped when it breaks the schema."""
    config = {
        "name": sepa_text(creditor.name, NAME_LENGTH),
        "IBAN": creditor.iban.replace(" ", ""),
        "BIC": creditor.bic,
        "batch": True,
        "creditor_id": creditor.creditor_id,
        "currency": "EUR",
        "instrument": scheme,
    }
    file = SepaDD(config, schema=SCHEMA, clean=True)
    for one in sorted(debits, key=lambda each: (each.sequence, each.end_to_end_id)):
        file.add_payment(_payment(one, collected_on))
    made = _with_our_ids(file.export(validate=False), message_id(collected_on, scheme, made_on), made_on)
    try:
        try_valid_xml(made, SCHEMA)
    except ValidationError as error:
        problem = str(error.__cause__).partition("\n")[0]
        raise Stopped(f"the direct debits of {made_on} break {SCHEMA}: {problem}; correct the mandate or the setting it names") from error
    return made


def _payment(one: Transaction, collected_on: date) -> dict[str, Any]:
    bank = {"BIC": one.bic} if one.bic else {}
    return bank | {
        "name": sepa_text(one.name, NAME_LENGTH) or one.mandate_id,
        "IBAN": one.iban,
        "amount": int(one.amount * 100),
        "type": one.sequence,
        "collection_date": collected_on,
        "mandate_id": one.mandate_id,
        "mandate_date": one.signed_on,
        "description": sepa_text(one.remittance, TEXT_LENGTH),
        "endtoend_id": one.end_to_end_id,
    }


def _with_our_ids(made: bytes, message: str, made_on: date) -> bytes:
    """The library takes ids at random and the time of day from the clock; ours say what they are, and are always the same."""
    root = etree.fromstring(made)
    (header,) = root.xpath("//p:GrpHdr", namespaces=_SPACE)
    header.find("p:MsgId", _SPACE).text = message
    header.find("p:CreDtTm", _SPACE).text = f"{made_on}T{MADE_AT}"
    for batch in root.xpath("//p:PmtInf", namespaces=_SPACE):
        batch.find("p:PmtInfId", _SPACE).text = payment_id(message, batch.find("p:PmtTpInf/p:SeqTp", _SPACE).text)
    etree.indent(root)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8")) + b"\n"


__all__ = ["Creditor", "Transaction", "direct_debit_file", "message_id", "sepa_text"]
