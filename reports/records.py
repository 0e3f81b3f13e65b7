"""What the documents and mails show: frozen records, filled by the tasks, in the words of the reader.

Amounts are EUR to the cent, unit prices to six decimals. `to_day`, `period_last` are inclusive, as they are shown.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NamedTuple, Protocol

from reports.logo import Logo

Language = Literal["fr", "nl", "en"]
Kind = Literal["invoice", "credit_note", "debit_note"]
VatCategory = Literal["S", "AE", "O", "E"]
VOICE, SMS, DATA = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Seller:
    """Who invoices: what Belgian law wants on every invoice (art. 5 RD no 1, art. 2:20 CSA), and where to pay.

    `qr_reference` is how the QR code of a payment writes the communication: its twelve digits, or +++…+++ as it is printed.
    """

    name: str
    street: str
    city: str
    vat_number: str
    register: str
    iban: str
    bic: str
    email: str
    website: str
    qr_reference: Literal["digits", "structured"] = "digits"
    logo: Logo | None = None


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays (CG-1): the customer number, the address, and the language everything is written in.

    `email` is the first billing address, "" when there is none; `peppol_id` is `scheme:value` or "".
    """

    payer_id: str
    name: str
    street: str
    postal_code: str
    city: str
    country: str
    vat_number: str
    language: Language
    peppol_id: str = ""
    email: str = ""


class Addressed(Protocol):
    """A document of some kind from a seller to a payer: what its letterhead, its address and its foot are drawn from."""

    @property
    def kind(self) -> str:
        """What it is, as its title is looked up."""
        ...

    @property
    def payer(self) -> Payer:
        """Whom it is for."""
        ...

    @property
    def seller(self) -> Seller:
        """Who sends it."""
        ...


@dataclass(frozen=True, slots=True)
class Collection:
    """That an invoice will be debited: on which day, from which account, under which mandate, and who debits."""

    collected_on: date
    iban: str
    mandate_id: str
    creditor_id: str


@dataclass(frozen=True, slots=True)
class InvoiceHead:
    """The first page: who, what, how much, until when. A draft has no number, dates or structured reference yet.

    A credit note names the invoice it credits (`credits_number`, issued on `credits_on`) and why (`reason`, finance's words, "" for a
    refund that the terms themselves give); its amounts are negative, as in the ledger. An invoice made anew in the place of a credited
    one names that (`replaces_number`). With `collection` the payer need not pay it himself.
    """

    number: str
    kind: Kind
    issued_on: date | None
    due_on: date | None
    period_first: date
    period_last: date
    payer: Payer
    seller: Seller
    structured_reference: str
    net: Decimal
    vat_total: Decimal
    gross: Decimal
    credits_number: str = ""
    credits_on: date | None = None
    reason: str = ""
    replaces_number: str = ""
    collection: Collection | None = None


@dataclass(frozen=True, slots=True)
class VatLine:
    """One VAT category and rate (in percent), with its base and its VAT."""

    category: VatCategory
    rate: Decimal
    base: Decimal
    vat: Decimal


@dataclass(frozen=True, slots=True)
class DelayRecord:
    """Days of delay on which the same amount was open: what a month of it costs in percent, and what these days cost, unrounded."""

    from_day: date
    to_day: date
    open_amount: Decimal
    per_month: Decimal
    cost: Decimal
    is_month: bool

    @property
    def days(self) -> int:
        """How many."""
        return (self.to_day - self.from_day).days + 1


@dataclass(frozen=True, slots=True)
class LateRecord:
    """What a line of a debit note was computed from: of interest the delays and what was charged before, else the letter, if any."""

    what: Literal["interest", "reminder_fee", "recovery_cost", "reactivation"]
    charged_before: Decimal = Decimal("0.00")
    to_date: Decimal = Decimal("0.00")
    delays: tuple[DelayRecord, ...] = ()
    letter_on: date | None = None
    level: int = 0


@dataclass(frozen=True, slots=True)
class LineRecord:
    """One line. `note` is `name key=value …` (see reports.wording); `unit_price` None where each call has its own.

    `line_seq` is its number on the document, `credits_line_seq` the line it credits of the invoice that the head names. `term_until`
    is the last day of a minimum term of its own, while that runs (CG-3.a). `late` is what a line of a debit note was computed from.
    VAT is by category, at a rate in percent.
    """

    contract_id: str
    line_id: str
    service: str
    product: str
    description: str
    charge: str
    from_day: date
    to_day: date
    quantity: Decimal
    unit_price: Decimal | None
    net: Decimal
    clause: str
    note: str = ""
    line_seq: int = 0
    credits_line_seq: int | None = None
    term_until: date | None = None
    late: LateRecord | None = None
    vat_category: VatCategory = "S"
    vat_rate: Decimal = Decimal("21.00")


class CallRecord(NamedTuple):
    """One call, message or data session of the annex. A plain tuple: there are millions of them.

    `callee_key` is the E.164 digits, a short code negative, 0 for none (billing.phone_numbers).
    `quantity` and `in_pack` are seconds, messages or bytes, by `kind` (1 voice, 2 sms, 3 data); `price_cents` includes the setup.
    """

    started_at: datetime
    kind: int
    callee_key: int
    destination: str
    destination_group: str
    quantity: int
    in_pack: int
    price_cents: int


@dataclass(frozen=True, slots=True)
class LineCalls:
    """The calls of one line, in order of start."""

    line_id: str
    description: str
    calls: tuple[CallRecord, ...]


@dataclass(frozen=True, slots=True)
class PackUse:
    """What an end client has drawn of a pool for a destination group in a month, this document included; in seconds or bytes."""

    destination_group: str
    unit: Literal["seconds", "bytes"]
    month: date
    used: int
    allowance: int


@dataclass(frozen=True, slots=True)
class EndClientSection:
    """The lines of one end client and their subtotal (CG-2.a), its calls, and what it drew of its packs."""

    end_client_id: str
    name: str
    lines: tuple[LineRecord, ...]
    net: Decimal
    calls: tuple[LineCalls, ...] = ()
    packs: tuple[PackUse, ...] = ()


@dataclass(frozen=True, slots=True)
class ContractTerm:
    """A contract of fixed term: its last day while the term runs, None once it runs on and can be ended at any time (GC-11.2)."""

    contract_id: str
    until: date | None


@dataclass(frozen=True, slots=True)
class InvoiceRecord:
    """A whole invoice, ready to be drawn. `masked_digits` hides the end of called numbers; `terms` only what there is to say."""

    head: InvoiceHead
    end_clients: tuple[EndClientSection, ...]
    vat: tuple[VatLine, ...]
    masked_digits: int = 3
    terms: tuple[ContractTerm, ...] = ()


@dataclass(frozen=True, slots=True)
class ElementRecord:
    """An element counted on the platform, and the first snapshot that shows it.

    With `charged_until` it is not there any more, but charged until its twelve months are over, that day included (BT-2.i).
    """

    element_id: str
    label: str
    first_day: date
    charged_until: date | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """The users R from which a reduction is measured (BT-2.h), in the quarter that begins on `quarter`.

    Ordered, at the first close; charged at the last close before the quarter; or raised by what was charged since.
    """

    quantity: int
    source: Literal["ordered", "before", "raised"]
    quarter: date


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """One line of the monthly summary: what was counted and ordered, which rule decided, what is charged and for which days (BT-2.f).

    `days` are stretches, last day included. `reference` comes with a minimum of users; `until` is the last day of the minimum term, of
    the twelve months or of the balance, whichever the rule is about.
    """

    contract_id: str
    line_id: str
    service: str
    description: str
    counted: int | None
    ordered: int
    quantity: int
    rule: str
    clause: str
    days: tuple[tuple[date, date], ...]
    reference: Reference | None = None
    until: date | None = None
    elements: tuple[ElementRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class SummaryRecord:
    """The monthly summary of one end client for the month that begins on `period`.

    In a dispute it counts, so it names its snapshot by content (BT-2.f).
    """

    head: InvoiceHead
    period: date
    end_client_id: str
    name: str
    snapshot_on: date | None
    snapshot_hash: str
    snapshot_elements: int
    lines: tuple[SummaryLine, ...]


@dataclass(frozen=True, slots=True)
class LetterItem:
    """A document a letter lists. Of `gross`, `asked` is what is due now: less what was credited, paid and is contested.

    `interest` is what late payment has cost so far and no debit note charges yet; a debit note bears none.
    """

    number: str
    kind: Literal["invoice", "debit_note"]
    issued_on: date
    due_on: date
    days_late: int
    gross: Decimal
    credited: Decimal
    paid: Decimal
    contested: Decimal
    asked: Decimal
    structured_reference: str
    interest: Decimal = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class LetterRecord:
    """A letter about what is overdue, of a level and in its words.

    `total` is what the items ask; `fee` and `recovery_cost` are what this letter costs (CG-2.d, CG-2.e) and `interest_total` what the items
    have cost so far: all three come on a debit note of their own and are no part of `total`. `interest_per_month` is what a month late
    costs after the caps, in percent. `next_words` is what follows without payment ("": nothing), at the earliest on `next_on`;
    `suspension_from` the first day the services may be limited (GC-9.1.a); `suspended` the end clients whose services are limited now, by
    name; `reactivation_fee` what restoring them costs.
    """

    level: int
    words: Literal["friendly", "reminder", "formal_notice", "suspension"]
    noticed_on: date
    payer: Payer
    seller: Seller
    items: tuple[LetterItem, ...]
    total: Decimal
    fee: Decimal
    recovery_cost: Decimal
    interest_total: Decimal
    interest_per_month: Decimal
    pay_by: date
    next_words: Literal["reminder", "formal_notice", "suspension", ""] = ""
    next_on: date | None = None
    suspension_from: date | None = None
    suspended: tuple[str, ...] = ()
    reactivation_fee: Decimal = Decimal("0.00")

    @property
    def kind(self) -> str:
        """What the document is, as its title is looked up."""
        return self.words


@dataclass(frozen=True, slots=True)
class MailText:
    """A mail in words: the subject, the plain text and the same in HTML."""

    subject: str
    text: str
    html: str
