"""What a credit note has on paper that an invoice has not: positive amounts, the invoice it credits, why, and no payment."""

from collections.abc import Sequence
from dataclasses import replace

from billing.numbering import PREFIX
from reports.layout import ACCENT, BOLD, LEFT, MUTED, REGULAR, RIGHT, Pen, fitted, wrapped
from reports.records import EndClientSection, InvoiceHead, InvoiceRecord, LineRecord
from reports.wording import Wording

BESIDE, REASON_SIZE, REASON_LINES = LEFT + 232, 8.0, 4
BESIDE_WIDTH = RIGHT - 16 - BESIDE


def as_shown(record: InvoiceRecord) -> InvoiceRecord:
    """The record with its amounts as paper shows them: those of a credit note are negative in the ledger and positive on paper."""
    if record.head.kind != "credit_note":
        return record
    head = record.head
    return replace(
        record,
        head=replace(head, net=-head.net, vat_total=-head.vat_total, gross=-head.gross),
        end_clients=tuple(_section(section) for section in record.end_clients),
        vat=tuple(replace(line, base=-line.base, vat=-line.vat) for line in record.vat),
    )


def _section(section: EndClientSection) -> EndClientSection:
    return replace(section, net=-section.net, lines=tuple(_line(line) for line in section.lines))


def _line(line: LineRecord) -> LineRecord:
    return replace(line, net=-line.net)


def is_of_debit_note(head: InvoiceHead) -> bool:
    """Whether what is credited is a debit note, not an invoice."""
    return head.credits_number.startswith(PREFIX["debit_note"])


def credits_label(head: InvoiceHead, ending: str = "") -> str:
    """The key of a text about what is credited: `label.credits`, of a debit note `label.credits_debit_note`; with `ending` a longer one."""
    return f"label.credits{'_debit_note' if is_of_debit_note(head) else ''}{ending}"


def credits_sentence(head: InvoiceHead, words: Wording) -> str:
    """Which document it credits, and of which day: Crédite la facture 2026-000123 du 28 octobre 2026."""
    day = words.figures.long_day(head.credits_on) if head.credits_on else "–"
    return words(credits_label(head, "_sentence"), number=head.credits_number, day=day)


def reason(head: InvoiceHead, words: Wording) -> str:
    """Why, in finance's words; where finance gave none, the terms themselves give the money back (GC-13.2)."""
    return words("label.reason", reason=head.reason.strip() or words("label.reason_terms"))


def draw_credited(pen: Pen, head: InvoiceHead, words: Wording, y: float) -> None:
    """Beside the amount, from `y`: which invoice is credited, and why; a long reason goes on below the totals."""
    lines = wrapped(credits_sentence(head, words), BOLD, 8.8, BESIDE_WIDTH)
    y = pen.lines(BESIDE, y, lines, 8.8, leading=11.5, color=ACCENT, bold=True)
    pen.lines(BESIDE, y - 3, _reason_beside(head, words), REASON_SIZE, leading=10.5)


def reason_goes_on(head: InvoiceHead, words: Wording) -> bool:
    """Whether the reason is longer than the room beside the amount."""
    return len(wrapped(reason(head, words), REGULAR, REASON_SIZE, BESIDE_WIDTH)) > REASON_LINES


def _reason_beside(head: InvoiceHead, words: Wording) -> Sequence[str]:
    lines = wrapped(reason(head, words), REGULAR, REASON_SIZE, BESIDE_WIDTH)
    if not reason_goes_on(head, words):
        return lines
    return (*lines[: REASON_LINES - 1], fitted(lines[REASON_LINES - 1] + " …", REGULAR, REASON_SIZE, BESIDE_WIDTH))


def draw_set_off(pen: Pen, words: Wording, x: float, y: float, width: float) -> None:
    """Under the amount: what becomes of it; there is nothing to pay."""
    pen.lines(x, y, wrapped(words("label.set_off"), REGULAR, 7.8, width), 7.8, leading=10.5, color=MUTED)


__all__ = ["as_shown", "credits_label", "credits_sentence", "draw_credited", "draw_set_off", "is_of_debit_note", "reason", "reason_goes_on"]
