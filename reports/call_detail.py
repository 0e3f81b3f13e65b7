"""The annex of calls: one row a call, up to hundreds of thousands in a document, so its rows are written without detours."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from billing.period import BRUSSELS
from reports.layout import (
    ACCENT,
    BOLD,
    INK,
    LEFT,
    MUTED,
    REGULAR,
    RIGHT,
    Column,
    Pen,
    Rows,
    Strip,
    fitted,
    gap,
    heading_strip,
    printable,
    width_of,
)
from reports.records import DATA, SMS, CallRecord, EndClientSection, InvoiceRecord, LineCalls
from reports.wording import Wording

ROW, SIZE = 12.2, 7.2
MOMENT, CALLEE, DESTINATION, DURATION, IN_PACK, PRICE = LEFT, LEFT + 92, LEFT + 192, RIGHT - 112, RIGHT - 56, RIGHT
DESTINATION_WIDTH = DURATION - DESTINATION - 48

# Free, emergency and help numbers never appear on an invoice (law of 13 June 2005, MD of 12 November 2009). The query leaves them out;
# this is the second lock on the same door, with the numbers of the decree. +800 are the free numbers of the whole world.
_HELP = (100, 101, 102, 103, 105, 106, 107, 108, 110, 112, 116000, 116111, 116117, 1722, 1733)
NEVER_SHOWN = frozenset({-number for number in _HELP} | {int(f"32{number}") for number in _HELP})
FREE = ("32800", "800")


def may_be_shown(call: CallRecord) -> bool:
    """Whether the call, message or session may be seen on the document: not to a free (0800), emergency or help number."""
    key = call.callee_key
    return not (key in NEVER_SHOWN or call.destination_group == "emergency" or str(key).startswith(FREE))


def with_calls_to_show(record: InvoiceRecord) -> InvoiceRecord:
    """The record without the calls nobody may see, and without the lines that have no others."""
    if not any(client.calls for client in record.end_clients):
        return record
    return replace(record, end_clients=tuple(replace(client, calls=_to_show(client.calls)) for client in record.end_clients))


def _to_show(lines: Sequence[LineCalls]) -> tuple[LineCalls, ...]:
    shown = (replace(line, calls=tuple(call for call in line.calls if may_be_shown(call))) for line in lines)
    return tuple(line for line in shown if line.calls)


@lru_cache(maxsize=65536)
def shown_number(callee_key: int, masked_digits: int) -> str:
    """`+32470123xxx`; a short code names a service, not a person, and stays whole; nothing for data."""
    if callee_key <= 0:
        return str(-callee_key) if callee_key else ""
    digits = f"+{callee_key}"
    return digits[:-masked_digits] + "x" * masked_digits if masked_digits else digits


def call_strips(section: EndClientSection, words: Wording, masked_digits: int) -> list[Strip | Rows]:
    """The calls of one end client, line by line, each with its total; nothing when there are none. See `with_calls_to_show`."""
    strips: list[Strip | Rows] = []
    for line in section.calls:
        strips += _line_strips(section.name, line, words, masked_digits)
    return strips


def _line_strips(client: str, line: LineCalls, words: Wording, masked_digits: int) -> list[Strip | Rows]:
    calls = line.calls
    title = " · ".join(part for part in (client, words("label.calls_of", line=line.line_id), line.description) if part)
    total = words("label.calls_total", calls=words.counted("calls", len(calls)), amount=_total(calls, words))
    heading = _heading(words)

    def head(pen: Pen, y: float) -> None:
        width = width_of(printable(total), REGULAR, 7.5)
        pen.text(LEFT, y - 9, fitted(printable(title), BOLD, 8.5, RIGHT - LEFT - width - 14), 8.5, ACCENT, bold=True)
        pen.text(RIGHT, y - 9, total, 7.5, MUTED, align="right")

    def rows(pen: Pen, y: float, first: int, past: int) -> None:
        draw_calls(pen, y, calls[first:past], words, masked_digits)

    again = heading_strip(heading, title)
    return [gap(6), Strip(17, head, keep=True), heading_strip(heading), Rows(len(calls), ROW, rows, again), gap(12)]


def _total(calls: Sequence[CallRecord], words: Wording) -> str:
    return words.figures.money(Decimal(sum(call.price_cents for call in calls)).scaleb(-2))


def _heading(words: Wording) -> list[Column]:
    return [
        Column(words("column.moment"), MOMENT, 90),
        Column(words("column.callee"), CALLEE, 98),
        Column(words("column.destination"), DESTINATION, DESTINATION_WIDTH),
        Column(words("column.duration"), DURATION, 60, "right"),
        Column(words("column.in_pack"), IN_PACK, 54, "right"),
        Column(words("column.price"), PRICE, 54, "right"),
    ]


def draw_calls(pen: Pen, y: float, calls: Sequence[CallRecord], words: Wording, masked_digits: int) -> None:
    """Write the rows of one page, `y` their upper edge, as one piece of content: a call costs some microseconds."""

    def at_right(x: float, text: str) -> str:
        return f"1 0 0 1 {x - width_of(text, REGULAR, SIZE):.2f} {baseline:.1f} Tm {pen.shown(text, REGULAR, SIZE)}" if text else ""

    code, baseline = [], y - 8.6
    for call in calls:
        moment, number, destination, measure, in_pack, price = cells(call, words, masked_digits)
        # Times and numbers hardly repeat and are digits and signs that stand for themselves; the others repeat and are remembered.
        code.append(
            f"1 0 0 1 {MOMENT:.1f} {baseline:.1f} Tm ({moment}) Tj"
            f" 1 0 0 1 {CALLEE:.1f} {baseline:.1f} Tm ({number}) Tj"
            f" 1 0 0 1 {DESTINATION:.1f} {baseline:.1f} Tm {pen.shown(destination, REGULAR, SIZE)}"
            f" {at_right(DURATION, measure)} {at_right(IN_PACK, in_pack)} {at_right(PRICE, price)}"
        )
        baseline -= ROW
    for row in range(1, len(calls) + 1):
        pen.rule(y - ROW * row, width=0.25)
    pen.fill(INK)
    pen.set_font(REGULAR, SIZE)
    pen.write("BT\n" + "\n".join(code) + "\nET")


def cells(call: CallRecord, words: Wording, masked_digits: int) -> tuple[str, str, str, str, str, str]:
    """The texts of a row: moment in Brussels, number, destination, duration (messages, volume), of which in the pack, price."""
    started = call.started_at.astimezone(BRUSSELS)
    moment = f"{started.day:02d}/{started.month:02d}/{started.year % 100:02d}  {started.hour:02d}:{started.minute:02d}:{started.second:02d}"
    if call.kind == SMS:
        measure, in_pack = words.figures.whole(call.quantity), words.figures.whole(call.in_pack)
    elif call.kind == DATA:
        measure, in_pack = words.figures.volume(call.quantity), words.figures.volume(call.in_pack)
    else:
        measure, in_pack = words.figures.duration(call.quantity), words.figures.duration(call.in_pack)
    destination = fitted(printable(call.destination), REGULAR, SIZE, DESTINATION_WIDTH)
    return (
        moment,
        shown_number(call.callee_key, masked_digits),
        destination,
        measure,
        in_pack if call.in_pack else "",
        words.figures.cents(call.price_cents),
    )
