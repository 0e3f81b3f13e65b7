"""Reading an e-invoice: no entity, no network, and the embedded PDF cut out for the rules, which it only slows down."""

from decimal import Decimal, InvalidOperation

from lxml import etree

CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
PREFIXES = {"cbc": CBC, "cac": CAC}
ROOTS = {
    "{urn:oasis:names:specification:ubl:schema:xsd:Invoice-2}Invoice": "Invoice",
    "{urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2}CreditNote": "CreditNote",
}
LINE = {"Invoice": "InvoiceLine", "CreditNote": "CreditNoteLine"}
QUANTITY = {"Invoice": "InvoicedQuantity", "CreditNote": "CreditedQuantity"}


class Unreadable(ValueError):
    """A file that is no e-invoice at all; the message says why."""


class Document:
    """A document of UBL: the values at its paths, as text without blanks around it."""

    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self.kind = ROOTS[root.tag]

    def find(self, path: str, start: etree._Element | None = None) -> etree._Element | None:
        """The first element at the path, from the root or the element given."""
        found: etree._Element | None = (self.root if start is None else start).find(path, PREFIXES)
        return found

    def all(self, path: str, start: etree._Element | None = None) -> list[etree._Element]:
        """All elements at the path."""
        return list((self.root if start is None else start).iterfind(path, PREFIXES))

    def text(self, path: str, start: etree._Element | None = None) -> str:
        """The text of the first element at the path, "" when there is none."""
        element = self.find(path, start)
        return (element.text or "").strip() if element is not None else ""

    def amount(self, path: str, start: etree._Element | None = None) -> Decimal | None:
        """The number at the path; None when there is none, or when what stands there is no number."""
        return decimal(self.text(path, start))

    @property
    def lines(self) -> list[etree._Element]:
        """The lines of the document."""
        return self.all(f"cac:{LINE[self.kind]}")

    @property
    def type_code(self) -> str:
        """380 an invoice, 381 a credit note, 383 a debit note."""
        return self.text(f"cbc:{self.kind}TypeCode")

    @property
    def is_outside_vat(self) -> bool:
        """Whether all of it is outside the scope of VAT (category O)."""
        categories = {self.text("cac:TaxCategory/cbc:ID", one) for one in self.all("cac:TaxTotal/cac:TaxSubtotal")}
        return categories == {"O"}


def decimal(text: str) -> Decimal | None:
    """The text as a finite number, or None."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def document(content: bytes) -> Document:
    """Returns the document. Raises Unreadable for what is not XML, has a document type, or is neither invoice nor credit note."""
    # huge_tree: an embedded PDF may be longer than the 10 MB that a text may have otherwise; entities, which could grow, are refused.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    if b"<!DOCTYPE" in content:
        raise Unreadable("it has a document type declaration, which no e-invoice may have")
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(f"it is not XML: {error}") from None
    if root.getroottree().docinfo.doctype:
        raise Unreadable("it has a document type declaration, which no e-invoice may have")
    if root.tag not in ROOTS:
        raise Unreadable(f"its root is {root.tag}, neither an Invoice nor a CreditNote of UBL 2.1")
    return Document(root)


def cut_attachments(found: Document) -> None:
    """Leave three characters of each embedded file, so that it is still there for the rules."""
    for embedded in found.root.iter(f"{{{CBC}}}EmbeddedDocumentBinaryObject"):
        if embedded.text and embedded.text.strip():
            embedded.text = "JVBE"


def place(element: etree._Element) -> str:
    """Where an element is, as /Invoice/cac:InvoiceLine[2]/cbc:ID."""
    path = element.getroottree().getelementpath(element)
    for prefix, uri in PREFIXES.items():
        path = path.replace(f"{{{uri}}}", f"{prefix}:")
    return f"/{etree.QName(element.getroottree().getroot()).localname}{'' if path == '.' else f'/{path}'}"
