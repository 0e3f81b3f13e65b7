"""Invoice PDFs: pages a second of ours, of ReportLab's own table (platypus LongTable) and of WeasyPrint: the same rows, the same font.

Then a close's worth of small invoices in one process and in two, as the documents step draws them.
"""

import io
import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from pypdf import PdfReader
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, LongTable, PageBreak, Paragraph, SimpleDocTemplate, Table, TableStyle

from benchmarks.weasyprint_page import weasyprint
from reports.call_detail import cells
from reports.invoice_pdf import render
from reports.layout import BOLD, REGULAR, RULE, load_fonts
from reports.records import InvoiceRecord
from reports.wording import wording
from tests.documents.samples import invoice

GOAL = 2.5  # times faster than the floor at 100 calls
GOAL_OF_TWO = 1.6
ROUNDS, SLOW_ROUNDS = 7, 2
BATCH, BATCHES = 40, 10  # invoices a task of the pool, tasks
SIZES = (0, 100, 1500)


@dataclass(frozen=True, slots=True)
class Measured:
    """One size of invoice: milliseconds a document and pages a second of each, and how many times faster than the others ours is."""

    calls: int
    ours_ms: float
    floor_ms: float
    weasyprint_ms: float
    ours_pages_per_second: float
    floor_pages_per_second: float
    weasyprint_pages_per_second: float
    ratio: float
    weasyprint_ratio: float


def platypus(record: InvoiceRecord) -> bytes:
    """The floor: the same invoice the usual way. Front page as paragraphs and a table, then the lines and the calls as long tables."""
    file = io.BytesIO()
    document = SimpleDocTemplate(file, pagesize=A4, invariant=1, initialFontName=REGULAR, pageCompression=1)
    rows = TableStyle(
        [
            ("FONT", (0, 0), (-1, -1), REGULAR, 7.2),
            ("FONT", (0, 0), (-1, 0), BOLD, 7.2),
            ("LINEBELOW", (0, 0), (-1, -1), 0.25, RULE),
            ("ALIGN", (3, 0), (-1, -1), "RIGHT"),
        ]
    )
    story = [*_front(record), LongTable(_lines(record), repeatRows=1, style=rows)]
    calls = _calls(record)
    if calls:
        story += [PageBreak(), LongTable(calls, repeatRows=1, style=rows)]
    document.build(story, onFirstPage=_foot, onLaterPages=_foot)
    return file.getvalue()


def _foot(canvas: Canvas, document: SimpleDocTemplate) -> None:
    canvas.setFont(REGULAR, 6.5)
    canvas.drawRightString(540, 34, f"2026-000123 · {document.page}")


def _front(record: InvoiceRecord) -> list[Flowable]:
    head, words = record.head, wording(record.head.payer.language)
    seller, payer, figures = head.seller, head.payer, words.figures
    bold, small = ParagraphStyle("bold", fontName=BOLD, fontSize=11), ParagraphStyle("small", fontName=REGULAR, fontSize=6.3)
    facts = [
        (words("label.issued"), str(head.issued_on)),
        (words("label.due"), str(head.due_on)),
        (words("label.customer"), payer.payer_id),
        (words("label.iban"), seller.iban),
        (words("label.bic"), seller.bic),
        (words("label.reference"), head.structured_reference),
        (words("label.net"), figures.money(head.net)),
        *((words("label.vat", rate="21 %", base=""), figures.money(line.vat)) for line in record.vat),
        (words("label.gross"), figures.money(head.gross)),
    ]
    return [
        Paragraph(seller.name, bold),
        Paragraph(f"{seller.street}, {seller.city} {seller.vat_number} {seller.register}", small),
        Paragraph(payer.name, bold),
        Paragraph(f"{payer.street} {payer.postal_code} {payer.city} {payer.vat_number}", small),
        Table(facts, style=TableStyle([("FONT", (0, 0), (-1, -1), REGULAR, 8.5), ("ALIGN", (1, 0), (1, -1), "RIGHT")])),
        *(Paragraph(words(f"legal.{name}", email=seller.email, website=seller.website), small) for name in ("complaint", "late", "terms")),
    ]


def _lines(record: InvoiceRecord) -> list[tuple[str, ...]]:
    words = wording(record.head.payer.language)
    names = ("description", "clause", "period", "quantity", "unit_price", "amount")
    made: list[tuple[str, ...]] = [tuple(words(f"column.{name}") for name in names)]
    for line in (line for client in record.end_clients for line in client.lines):
        price = "–" if line.unit_price is None else words.figures.unit_price(line.unit_price)
        made.append(
            (
                f"{line.description}\n{words.note(line.note)}",
                line.clause,
                words.figures.short_span(line.from_day, line.to_day),
                words.figures.quantity(line.quantity),
                price,
                words.figures.amount(line.net),
            )
        )
    return made


def _calls(record: InvoiceRecord) -> list[tuple[str, ...]]:
    words = wording(record.head.payer.language)
    calls = [call for client in record.end_clients for line in client.calls for call in line.calls]
    names = ("moment", "callee", "destination", "duration", "in_pack", "price")
    heading = tuple(words(f"column.{name}") for name in names)
    return [heading, *(cells(call, words, record.masked_digits) for call in calls)] if calls else []


def measure() -> list[Measured]:
    """Rows of both in the same run, the best of several rounds each, turn by turn so that a busy moment hits both alike."""
    load_fonts()
    return [_measure(calls, invoice(12, calls)) for calls in SIZES]


def _measure(calls: int, record: InvoiceRecord) -> Measured:
    ours_pages, floor_pages, slow_pages = (len(PdfReader(io.BytesIO(draw(record))).pages) for draw in (render, platypus, weasyprint))
    ours, floor = [], []
    for _ in range(ROUNDS):
        ours.append(_seconds(render, record))
        floor.append(_seconds(platypus, record))
    best, floor_best, slow = min(ours), min(floor), min(_seconds(weasyprint, record) for _ in range(SLOW_ROUNDS))
    return Measured(
        calls, best * 1000, floor_best * 1000, slow * 1000, ours_pages / best, floor_pages / floor_best, slow_pages / slow,
        floor_best / best, slow / best,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class InProcesses:
    """Invoices a second with so many processes, and how many times as fast as one."""

    processes: int
    invoices_per_second: float
    ratio: float


def in_processes() -> list[InProcesses]:
    """The same invoices drawn by one process and by two, each process warm, as in the documents step."""
    made: list[InProcesses] = []
    for processes in (1, 2):
        with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
            list(pool.map(_draw, [5] * processes))
            seconds = float("inf")
            for _ in range(SLOW_ROUNDS):
                begun = time.perf_counter()
                list(pool.map(_draw, [BATCH] * BATCHES))
                seconds = min(seconds, time.perf_counter() - begun)
        per_second = BATCH * BATCHES / seconds
        made.append(InProcesses(processes, per_second, per_second / made[0].invoices_per_second if made else 1.0))
    return made


def _draw(invoices: int) -> None:
    """Draw so many invoices of 30 calls."""
    record = invoice(12, 30)
    for _ in range(invoices):
        render(record)


def _seconds(draw: Callable[[InvoiceRecord], bytes], record: InvoiceRecord) -> float:
    start = time.perf_counter()
    draw(record)
    return time.perf_counter() - start


def main() -> None:
    """Print the tables."""
    print(f"invoice PDF, 12 lines and calls, beside platypus and WeasyPrint; goal at 100 calls: {GOAL} times faster than platypus")
    others = f"{'platypus':>9} {'WeasyPrint':>11}"
    print(f"{'calls':>6} {'ours ms':>9} {others} {'pages/s ours':>13} {others} {'times':>6}")
    for row in measure():
        times = f"{row.ours_ms:>9.1f} {row.floor_ms:>9.1f} {row.weasyprint_ms:>11.0f}"
        pages = f"{row.ours_pages_per_second:>13.0f} {row.floor_pages_per_second:>9.0f} {row.weasyprint_pages_per_second:>11.1f}"
        print(f"{row.calls:>6} {times} {pages} {row.ratio:>6.1f} {row.weasyprint_ratio:>6.0f}")
    print(f"\n{BATCH * BATCHES} invoices of 30 calls in processes; goal: two are {GOAL_OF_TWO} times as fast as one")
    for row in in_processes():
        print(f"{row.processes} process{'es' if row.processes > 1 else ''}: {row.invoices_per_second:.0f} invoices/s, {row.ratio:.2f} x")


if __name__ == "__main__":
    main()
