"""An e-invoice on its way: which invoice, from whom to whom, and what the network is told of it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from billing.vat import SELLER_COUNTRY
from reports.peppol_address import peppol_address
from reports.records import Kind
from tasks.settings import Settings, SettingsError

PARTICIPANT = "iso6523-actorid-upis::"
PROCESS = "cenbii-procid-ubl::urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
# A debit note is an Invoice of type 383.
ROOTS: Mapping[Kind, str] = {"invoice": "Invoice", "credit_note": "CreditNote", "debit_note": "Invoice"}


@dataclass(frozen=True, slots=True)
class PendingEInvoice:
    """An e-invoice that is not sent yet: `recipients` the Peppol address of its payer, `path` and `sha256` its file, "" for none."""

    delivery_id: int
    number: str
    kind: Kind
    payer_id: str
    recipients: str
    message_id: str
    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class EInvoice:
    """An e-invoice as it leaves: its bytes and its envelope."""

    row: PendingEInvoice
    sender: str
    content: bytes

    def envelope(self) -> dict[str, Any]:
        """What goes beside the bytes, by name: the same for the same e-invoice."""
        return {
            "number": self.row.number,
            "idempotency_key": self.row.message_id,
            "sender": PARTICIPANT + self.sender,
            "receiver": PARTICIPANT + self.row.recipients,
            "document_type": document_type(self.row.kind),
            "process": PROCESS,
            "sha256": hashlib.sha256(self.content).hexdigest(),
        }

    def envelope_bytes(self) -> bytes:
        """The envelope as JSON in UTF-8."""
        return json.dumps(self.envelope(), ensure_ascii=False, indent=1).encode("utf-8") + b"\n"


def document_type(kind: Kind) -> str:
    """The document type id of Peppol BIS Billing 3.0 for a kind of invoice."""
    root = ROOTS[kind]
    return (
        f"busdox-docid-qns::urn:oasis:names:specification:ubl:schema:xsd:{root}-2::{root}"
        "##urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0::2.1"
    )


def sender_of(settings: Settings) -> str:
    """The Peppol address of the seller. Raises SettingsError when its VAT number gives none."""
    address = peppol_address("", SELLER_COUNTRY, settings.seller_vat)
    if not address:
        raise SettingsError(f"seller_vat = {settings.seller_vat!r}: not a Belgian number, so e-invoices have no sender; correct it")
    return address


__all__ = ["EInvoice", "PendingEInvoice", "document_type", "sender_of"]
