"""The tables of a statement of account: by age, open documents, in the payer's favour, held, credits left, movements."""

from collections.abc import Sequence
from decimal import Decimal

from billing.account import Entry
from billing.ageing import BUCKETS, days_late
from billing.clause import carries_out
from reports.cells import ROW, TALL_ROW, Cell, draw_cells, row, sentence, total
from reports.figures import structured_reference
from reports.layout import ACCENT, LEFT, MUTED, RIGHT, Column, Pen, Rows, Strip, gap, heading_strip
from reports.statement import Held, OpenItem, Statement
from reports.wording import Wording

Pieces = list[Strip | Rows]

ZERO = Decimal("0.00")
AGES = [LEFT + 152.0 + 68.0 * place for place in range(len(BUCKETS))]
DATE, DUE, AMOUNT, CREDITED, PAID, OPEN = LEFT + 129, LEFT + 180, LEFT + 290, LEFT + 346, LEFT + 402, LEFT + 463


def ageing_pieces(found: Statement, words: Wording) -> Pieces:
    """What is open by days past the due date, and apart what of it is contested."""
    ageing = found.ageing
    label = Column(words("statement.ageing"), LEFT, 84)
    columns = [Column(words(f"statement.{name}"), x, 64, "right") for name, x in zip(BUCKETS, AGES, strict=True)]
    columns.append(Column(words("statement.total"), RIGHT, 60, "right"))
    rows = [("statement.open_amounts", [*ageing.amounts, ageing.total])]
    if ageing.total_contested:
        rows.append(("statement.of_which_contested", [*ageing.contested, ageing.total_contested]))
    pieces: Pieces = [heading_strip([label, *columns])]
    for key, amounts in rows:
        cells = [Cell(column, words.figures.amount(amount)) for column, amount in zip(columns, amounts, strict=True)]
        pieces.append(row([Cell(label, words(key)), *cells]))
    return [*pieces, gap(14)]


def _columns(words: Wording) -> list[Column]:
    return [
        Column(words("statement.document"), LEFT, 126),
        Column(words("statement.date"), DATE, 48),
        Column(words("statement.due"), DUE, 48),
        Column(words("statement.amount"), AMOUNT, 56, "right"),
        Column(words("statement.credited"), CREDITED, 56, "right"),
        Column(words("statement.paid"), PAID, 56, "right"),
        Column(words("statement.open"), OPEN, 58, "right"),
        Column(words("statement.days_late"), RIGHT, 28, "right"),
    ]


@carries_out("GC-9.3")
def open_pieces(found: Statement, words: Wording) -> Pieces:
    """Every document of which something is open, with its structured communication and what of it is contested."""
    if not found.invoices:
        return [sentence(words("statement.nothing_open")), gap(10)]
    columns = _columns(words)
    heading = heading_strip(columns)

    def draw(pen: Pen, y: float, first: int, past: int) -> None:
        for item in found.invoices[first:past]:
            _draw_open(pen, y, item, columns, found, words)
            y -= TALL_ROW

    summed = total(words("statement.total_open"), words.figures.money(found.ageing.total), OPEN)
    how = [sentence(words("statement.how"))] if found.owed > 0 else []
    return [heading, Rows(len(found.invoices), TALL_ROW, draw, heading), summed, *how, gap(12)]


def _draw_open(pen: Pen, y: float, item: OpenItem, columns: Sequence[Column], found: Statement, words: Wording) -> None:
    figures, late = words.figures, days_late(item.due_on, found.on)
    texts = (
        f"{words('title.' + item.kind)} {item.number}",
        figures.day(item.issued_on),
        figures.day(item.due_on),
        figures.amount(item.gross),
        figures.amount(item.credited) if item.credited else "–",
        figures.amount(item.paid) if item.paid else "–",
        figures.amount(item.open_amount),
        words("statement.days", days=figures.whole(late)) if late else "–",
    )
    draw_cells(pen, y, [Cell(column, shown, place == 6) for place, (column, shown) in enumerate(zip(columns, texts, strict=True))])
    pen.text(LEFT, y - 19.5, structured_reference(item.structured_reference), 6.8, MUTED)
    if item.contested:
        said = words("statement.contested_here", amount=figures.amount(item.contested))
        pen.text(OPEN, y - 19.5, said, 6.8, ACCENT, align="right")
    pen.rule(y - TALL_ROW + 0.5, width=0.25)


@carries_out("GC-14.2", "GC-9.3", "CG-4")
def dispute_pieces(found: Statement, words: Wording) -> Pieces:
    """What is contested, in which phase, what a bank guarantee covers of it, and which claim came late."""
    if not found.disputes:
        return []
    label, amount = _two(words("statement.dispute_title"), words("statement.amount"))
    guarantee, figures = Column(words("statement.dispute_guarantee"), OPEN - 20, 80, "right"), words.figures
    pieces: Pieces = [heading_strip([label, guarantee, amount])]
    for one in found.disputes:
        key, phase = "statement.dispute_late" if one.late else "statement.dispute", words(f"statement.phase_{one.phase}")
        said = words(key, number=one.invoice_number, day=figures.day(one.opened_on), phase=phase)
        covered = figures.amount(one.guarantee) if one.guarantee else "–"
        pieces.append(row([Cell(label, said), Cell(guarantee, covered), Cell(amount, figures.amount(one.amount))]))
    explained = [sentence(words("statement.late_claim"))] if any(one.late for one in found.disputes) else []
    return [*pieces, *explained, gap(14)]


def favour_pieces(found: Statement, words: Wording) -> Pieces:
    """What was paid or credited too much, and what is on account."""
    label, amount = _two(words("statement.favour_title"), words("statement.amount"))
    pieces = [
        row(
            [
                Cell(
                    label,
                    words("statement.favour_document", number=one.number) if one.number else words("statement.favour_on_account"),
                ),
                Cell(amount, words.figures.amount(one.amount)),
            ]
        )
        for one in found.in_favour
    ]
    return [heading_strip([label, amount]), *pieces, gap(14)] if pieces else []


@carries_out("GC-5.3")
def held_pieces(found: Statement, words: Wording) -> Pieces:
    """What came in and went out of deposits and guarantees, and what is held of each kind."""
    if not found.held:
        return []
    label, amount = _two(words("statement.held_title"), words("statement.amount"))
    pieces: Pieces = [heading_strip([label, amount])]
    pieces += [row([Cell(label, _movement(one, words)), Cell(amount, words.figures.amount(one.amount))]) for one in found.held]
    for kind in dict.fromkeys(one.kind for one in found.held):
        shown = words("statement.held", kind=_kind(kind, words))
        pieces.append(row([Cell(label, shown, True), Cell(amount, words.figures.amount(found.balance(kind)), True)]))
    return [*pieces, gap(14)]


def _movement(one: Held, words: Wording) -> str:
    key = "statement.received" if one.amount > 0 else "statement.given_back"
    return words(key, kind=_kind(one.kind, words), day=words.figures.day(one.moved_on))


def _kind(kind: str, words: Wording) -> str:
    return words(f"statement.{kind}")


def credit_pieces(found: Statement, words: Wording) -> Pieces:
    """What is left of SLA credits for the next invoices."""
    label, left = _two(words("statement.credits_title"), words("statement.left"))
    granted = Column(words("statement.granted"), OPEN - 20, 80, "right")
    rows = [
        row(
            [
                Cell(label, words("statement.credit", day=words.figures.day(one.granted_on), reason=one.reason)),
                Cell(granted, words.figures.amount(one.amount)),
                Cell(left, words.figures.amount(one.left)),
            ]
        )
        for one in found.credits_left
    ]
    return [heading_strip([label, granted, left]), *rows, gap(14)] if rows else []


def account_pieces(found: Statement, words: Wording) -> Pieces:
    """How the account moved: the opening balance, every document and payment, the closing balance."""
    if found.account is None:
        return []
    moved, figures = found.account, words.figures
    title = words("statement.movements_title", first=figures.day(moved.first), last=figures.day(moved.last))
    day, what = Column(title, LEFT, 240), Column("", LEFT + 62, 250)
    amount, after = Column(words("statement.amount"), OPEN - 60, 70, "right"), Column(words("statement.balance_after"), RIGHT, 70, "right")
    heading = heading_strip([day, what, amount, after])

    def draw(pen: Pen, y: float, first: int, past: int) -> None:
        for one, balance in moved.entries[first:past]:
            draw_cells(
                pen,
                y,
                [
                    Cell(day, figures.day(one.day)),
                    Cell(what, _entry(one, words)),
                    Cell(amount, figures.amount(one.amount)),
                    Cell(after, figures.amount(balance)),
                ],
            )
            pen.rule(y - ROW + 0.5, width=0.25)
            y -= ROW

    opening = [Cell(day, figures.day(moved.first)), Cell(what, words("statement.opening")), Cell(after, figures.amount(moved.opening))]
    closing = [
        Cell(day, figures.day(moved.last)),
        Cell(what, words("statement.closing"), True),
        Cell(after, figures.amount(moved.closing), True),
    ]
    rows: Pieces = [Rows(len(moved.entries), ROW, draw, heading)] if moved.entries else []
    return [heading, row(opening, heading), *rows, row(closing, heading)]


def _entry(one: Entry, words: Wording) -> str:
    key = "returned_account" if one.kind == "returned" and not one.invoice_number else one.kind
    return words(f"statement.entry_{key}", number=one.reference, invoice=one.invoice_number)


def _two(label: str, amount: str) -> tuple[Column, Column]:
    return Column(label, LEFT, 340), Column(amount, RIGHT, 90, "right")


__all__ = ["account_pieces", "ageing_pieces", "credit_pieces", "dispute_pieces", "favour_pieces", "held_pieces", "open_pieces"]
