"""The invoice as PDF: page one answers what, how much, until when and how to pay; then the lines, then the calls."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import groupby

from billing.clause import carries_out
from billing.numbering import PREFIX
from reports.call_detail import call_strips, with_calls_to_show
from reports.credit_note import as_shown, reason, reason_goes_on
from reports.debit_note import debit_note_detail
from reports.front_page import FRONT_ENDS, draw_front, legal_height
from reports.layout import (
    ACCENT,
    BOLD,
    BOTTOM,
    LEFT,
    MUTED,
    REGULAR,
    RIGHT,
    Column,
    Pages,
    Pen,
    Rows,
    Strip,
    fitted,
    gap,
    heading_strip,
    height_of,
    printable,
    wrapped,
)
from reports.line_text import balance_ends, capital, contract_title, small_print, title_of
from reports.page_furniture import document_name, draw_pages
from reports.records import EndClientSection, InvoiceHead, InvoiceRecord, LineRecord, VatLine
from reports.usage_summary import usage_pieces
from reports.wording import Wording, wording

Pieces = list[Strip | Rows]

CLAUSE, PERIOD, QUANTITY, PRICE = LEFT + 212, LEFT + 256, LEFT + 370, LEFT + 428
DESCRIPTION_WIDTH = CLAUSE - LEFT - 12
ZERO = Decimal("0.00")
BY_THE_MONTH = ("recurring", "pro_rata", "balance", "refund")


def render(record: InvoiceRecord, draft: bool = False) -> bytes:
    """The invoice, credit note or debit note in the payer's language, as PDF bytes; the same record gives the same bytes.

    With `draft` every page carries the draft mark, and nothing on it could be paid: number, dates, structured reference and debit are
    left out. The amounts of a credit note are positive on paper, negative in the record.
    """
    words, record = wording(record.head.payer.language), with_calls_to_show(as_shown(_not_issued(record) if draft else record))
    head = record.head
    name = document_name(head, words)
    pen = Pen(name, head.seller.name, words.figures.locale.replace("_", "-"), head.issued_on)
    pages = _laid_out(record, words)
    draw_pages(pen, pages.pages, head, words, name=name, draft=draft, front=lambda: draw_front(pen, head, words, draft))
    return pen.document()


def _not_issued(record: InvoiceRecord) -> InvoiceRecord:
    """The record without what the issue alone gives."""
    head = replace(record.head, number="", issued_on=None, due_on=None, structured_reference="", collection=None)
    return replace(record, head=head)


def _laid_out(record: InvoiceRecord, words: Wording) -> Pages:
    """Overview and totals on the first page; the lines too when all of them fit there, else from the second.

    Then the usage by destination group; calls begin a page.
    """
    pages = Pages(FRONT_ENDS, BOTTOM + legal_height(record.head, words))
    pages.lay(_overview(record, words) + _totals(record, words))
    clients, detail = _client_overview(record, words), _detail(record, words)
    if len(pages.pages) == 1 and pages.y - height_of(clients) < pages.floor:
        pages.turn()
    pages.lay(clients)
    if len(pages.pages) == 1 and pages.y - height_of(detail) < pages.floor:
        pages.turn()
    pages.lay(detail)
    pages.lay(usage_pieces(record, words))
    calls = _calls(record, words)
    if calls:
        pages.turn()
        pages.lay(calls)
    return pages


def _overview(record: InvoiceRecord, words: Wording) -> Pieces:
    """One row per service category: reference period, units, total, as the basic invoice of telecom law wants it."""
    columns = [
        Column(words("label.overview"), LEFT, 230),
        Column(words("column.period"), LEFT + 256, 90),
        Column(words("column.units"), LEFT + 400, 50, "right"),
        Column(words("column.price" if record.head.kind == "debit_note" else "column.amount"), RIGHT, 90, "right"),
    ]
    lines = sorted((line for client in record.end_clients for line in client.lines), key=_category)
    rows: Pieces = [_overview_row(service, charge, list(group), words) for (_, service, charge), group in groupby(lines, key=_category)]
    return [heading_strip(columns), *(rows or [_sentence(words("label.none"))]), gap(6)]


def _category(line: LineRecord) -> tuple[bool, str, str]:
    """What one row of the overview adds up; what belongs to no service stands last."""
    return not line.service, line.service, "recurring" if line.charge == "pro_rata" else line.charge


def _overview_row(service: str, charge: str, lines: Sequence[LineRecord], words: Wording) -> Strip:
    figures = words.figures
    label = f"{words('service.' + service)} – {words('category.' + charge)}" if service else capital(words("category." + charge))
    period = figures.span(min(line.from_day for line in lines), max(line.to_day for line in lines))
    units = figures.quantity(_units(lines))
    net = figures.amount(_net(lines))

    def draw(pen: Pen, y: float) -> None:
        pen.text(LEFT, y - 10.5, fitted(printable(label), REGULAR, 8.5, 245), 8.5)
        pen.text(LEFT + 256, y - 10.5, period, 7.5, MUTED)
        pen.text(LEFT + 400, y - 10.5, units, 8.5, align="right", within=46)
        pen.text(RIGHT, y - 10.5, net, 8.5, align="right")
        pen.rule(y - 16.5, width=0.25)

    return Strip(17, draw)


def _units(lines: Sequence[LineRecord]) -> Decimal:
    """How many: what is charged by the month counts once however many months it is charged for, all else is added up."""
    most: dict[object, Decimal] = {}
    for place, line in enumerate(lines):
        key = line.line_id if line.charge in BY_THE_MONTH else place
        most[key] = max(most.get(key, line.quantity), line.quantity)
    return sum(most.values(), Decimal(0))


def _totals(record: InvoiceRecord, words: Wording) -> Pieces:
    figures, head = words.figures, record.head
    notes = [_sentence(text) for text in _mentions(record, words)]
    if head.kind == "debit_note":
        return [gap(6), _gross_row(words("label.total"), figures.money(head.gross)), *notes, gap(14)]
    rows = [_total_row(words("label.net"), figures.money(head.net))]
    rows += [_total_row(_vat_label(line, words), figures.money(line.vat)) for line in record.vat]
    return [*rows, _gross_row(words("label.gross"), figures.money(head.gross)), *notes, gap(14)]


def _mentions(record: InvoiceRecord, words: Wording) -> list[str]:
    """What the law wants said below the totals, and the reason of a credit note where it did not fit beside the amount."""
    head = record.head
    texts = [_vat_text(head, line, words) for line in record.vat]
    if head.kind == "credit_note":
        if any(line.vat for line in record.vat):
            texts.append(words("vat.credit_note"))
        if reason_goes_on(head, words):
            texts.append(reason(head, words))
    return [text for text in texts if text]


def _vat_label(line: VatLine, words: Wording) -> str:
    label = words("label.vat", rate=words.figures.percent(line.rate), base=words.figures.money(line.base))
    return label if line.category == "S" else f"{words(f'vat.{line.category}_short')} · {label}"


def _vat_text(head: InvoiceHead, line: VatLine, words: Wording) -> str:
    """The mention the category needs by law; interest and fees are outside VAT for another reason than foreign customers."""
    is_late = head.kind == "debit_note" or head.credits_number.startswith(PREFIX["debit_note"])
    return words("vat.O_debit_note" if line.category == "O" and is_late else f"vat.{line.category}")


def _total_row(label: str, amount: str) -> Strip:
    def draw(pen: Pen, y: float) -> None:
        pen.text(RIGHT - 92, y - 10, label, 8, MUTED, align="right")
        pen.text(RIGHT, y - 10, amount, 8.5, align="right")

    return Strip(14.5, draw, keep=True)


def _gross_row(label: str, amount: str) -> Strip:
    def draw(pen: Pen, y: float) -> None:
        pen.rule(y - 2, left=RIGHT - 250, color=ACCENT, width=0.8)
        pen.text(RIGHT - 92, y - 15.5, label, 8.5, bold=True, align="right")
        pen.text(RIGHT, y - 15.5, amount, 10, ACCENT, bold=True, align="right", within=86)

    return Strip(23, draw, keep=True)


def _sentence(text: str) -> Strip:
    lines = wrapped(text, REGULAR, 7.5, RIGHT - LEFT)

    def draw(pen: Pen, y: float) -> None:
        pen.lines(LEFT, y - 11, lines, 7.5, leading=10.5)

    return Strip(10.5 * len(lines) + 6, draw, keep=True)


@carries_out("CG-2.a")
def _client_overview(record: InvoiceRecord, words: Wording) -> Pieces:
    """A partner's end clients with their subtotals (CG-2.a); nothing for a payer that is its own and only client."""
    if len(record.end_clients) < 2:
        return []
    columns = [Column(words("label.per_end_client"), LEFT, 300), Column(words("column.amount"), RIGHT, 90, "right")]
    clients = record.end_clients

    def draw(pen: Pen, y: float, first: int, past: int) -> None:
        for client in clients[first:past]:
            pen.text(LEFT, y - 10, fitted(printable(client.name), REGULAR, 8.2, 380), 8.2)
            pen.text(RIGHT, y - 10, words.figures.amount(client.net), 8.2, align="right")
            pen.rule(y - 15, width=0.25)
            y -= 15.5

    heading = heading_strip(columns)
    return [heading, Rows(len(clients), 15.5, draw, heading), gap(16)]


def _line_columns(words: Wording) -> list[Column]:
    return [
        Column(words("column.description"), LEFT, DESCRIPTION_WIDTH),
        Column(words("column.clause"), CLAUSE, 40),
        Column(words("column.period"), PERIOD, 80),
        Column(words("column.quantity"), QUANTITY, 46, "right"),
        Column(words("column.unit_price"), PRICE, 56, "right"),
        Column(words("column.amount"), RIGHT, 58, "right"),
    ]


def _detail(record: InvoiceRecord, words: Wording) -> Pieces:
    """Every line, by end client, then by contract and service, each end client with its subtotal (CG-1, CG-2.a)."""
    if record.head.kind == "debit_note":
        return debit_note_detail(record, words)
    own = len(record.end_clients) == 1 and record.end_clients[0].end_client_id == record.head.payer.payer_id
    pieces: Pieces = []
    for client in record.end_clients:
        if client.lines:
            pieces += _client_strips(client, "" if own else client.name, record, words)
    return pieces


def _client_strips(client: EndClientSection, name: str, record: InvoiceRecord, words: Wording) -> Pieces:
    own_title = "title.details_credit_note" if record.head.kind == "credit_note" else "title.details"
    title = name or words(own_title)
    terms = {term.contract_id: term for term in record.terms}
    ends = balance_ends(client.lines)
    pieces: Pieces = [_client_title(title)]
    groups = [list(group) for _, group in groupby(sorted(client.lines, key=_contract_and_service), key=_contract_and_service)]
    for group in groups:
        contract, _, service = _contract_and_service(group[0])
        under = contract_title(service, contract, terms.get(contract), words)
        pieces += [_group_title(under), heading_strip(_line_columns(words))]
        again = heading_strip(_line_columns(words), f"{title} · {contract_title(service, contract, None, words)}")
        pieces += [_line_strip(line, title_of(line, words, ends), record.head, words, again) for line in group]
        if service and len(group) > 1 and (len(groups) > 1 or not name):
            pieces.append(_subtotal(words("label.subtotal", name=words("service." + service)), words.figures.amount(_net(group)), REGULAR))
        pieces.append(gap(5))
    if name:
        pieces.append(_subtotal(words("label.subtotal", name=name), words.figures.amount(client.net)))
    return [*pieces, gap(13)]


def _contract_and_service(line: LineRecord) -> tuple[str, bool, str]:
    return line.contract_id, not line.service, line.service


def _client_title(title: str) -> Strip:
    def draw(pen: Pen, y: float) -> None:
        pen.text(LEFT, y - 12, fitted(printable(title), BOLD, 11, RIGHT - LEFT), 11, ACCENT, bold=True)

    return Strip(19, draw, keep=True)


def _group_title(text: str) -> Strip:
    def draw(pen: Pen, y: float) -> None:
        pen.text(LEFT, y - 9, fitted(printable(text), REGULAR, 7.8, RIGHT - LEFT), 7.8)

    return Strip(15, draw, keep=True)


def _line_strip(line: LineRecord, title: str, head: InvoiceHead, words: Wording, again: Strip) -> Strip:
    figures = words.figures
    description = wrapped(title, REGULAR, 8.2, DESCRIPTION_WIDTH)
    said = small_print(line, head, words)
    note = wrapped(said, REGULAR, 6.8, CLAUSE + 36 - LEFT) if said else ()
    price = "–" if line.unit_price is None else figures.unit_price(line.unit_price)

    def draw(pen: Pen, y: float) -> None:
        base = y - 10.5
        if line.line_seq:
            pen.text(LEFT - 5, base, str(line.line_seq), 5.8, MUTED, align="right")
        after = pen.lines(LEFT, base, description, 8.2, leading=10.5)
        pen.lines(LEFT, after + 0.8, note, 6.8, leading=9, color=MUTED)
        pen.text(CLAUSE, base, fitted(printable(line.clause), REGULAR, 6.5, 40), 6.5, MUTED)
        pen.text(PERIOD, base, figures.short_span(line.from_day, line.to_day), 7.2, MUTED)
        pen.text(QUANTITY, base, figures.quantity(line.quantity), 8.2, align="right", within=48)
        pen.text(PRICE, base, price, 8.2, align="right", within=54)
        pen.text(RIGHT, base, figures.amount(line.net), 8.2, align="right", within=62)
        pen.rule(y - height + 0.5, width=0.25)

    height = 6.5 + 10.5 * len(description) + 9 * len(note)
    return Strip(height, draw, again)


def _net(lines: Sequence[LineRecord]) -> Decimal:
    return sum((line.net for line in lines), ZERO)


def _subtotal(label: str, amount: str, font: str = BOLD) -> Strip:
    """Of an end client in bold, of one of its services not."""

    def draw(pen: Pen, y: float) -> None:
        pen.text(RIGHT - 70, y - 10, fitted(printable(label), font, 8.2, 380), 8.2, bold=font == BOLD, align="right")
        pen.text(RIGHT, y - 10, amount, 8.2, bold=font == BOLD, align="right")

    return Strip(15, draw)


def _calls(record: InvoiceRecord, words: Wording) -> Pieces:
    pieces: Pieces = []
    for client in record.end_clients:
        pieces += call_strips(client, words, record.masked_digits)
    if not pieces:
        return []
    text = words(_how_calls_are_priced(record))
    if record.masked_digits:
        text = f"{text} {words('legal.masked')}"
    return [_client_title(words("title.calls")), _sentence(text), gap(4), *pieces]


def _how_calls_are_priced(record: InvoiceRecord) -> str:
    """The sentence that holds for all calls shown: to the second only where no deck has increments (BT-2.e, ST silent)."""
    itemised = {calls.line_id for client in record.end_clients for calls in client.calls}
    services = {line.service for client in record.end_clients for line in client.lines if line.line_id in itemised}
    return "legal.calls_priced" if services <= {"business_telephony"} else "legal.calls_rounded"
