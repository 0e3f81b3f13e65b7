"""The same invoice drawn by WeasyPrint from HTML: what most billing systems do, as a mark beside ours."""

import html
from importlib.resources import as_file, files

from weasyprint import HTML

from reports.call_detail import cells
from reports.records import InvoiceRecord
from reports.wording import Wording, wording

STYLE = """
@font-face { font-family: dejavu; src: url(DejaVuSans.ttf) }
@font-face { font-family: dejavu; font-weight: bold; src: url(DejaVuSans-Bold.ttf) }
@page { size: A4; margin: 18mm; @bottom-right { content: counter(page) " / " counter(pages); font: 6.5pt dejavu } }
body { font: 7.2pt dejavu } table { width: 100%; border-collapse: collapse } thead { font-weight: bold }
td, th { text-align: left; border-bottom: .25pt solid #d5dbdf; padding: 2pt 3pt } td:last-child, th:last-child { text-align: right }
.small { font-size: 6.3pt } .calls { break-before: page }
"""


def weasyprint(record: InvoiceRecord) -> bytes:
    """The invoice as PDF bytes: the front page as paragraphs and a table, then the lines and the calls as tables, in the same font."""
    with as_file(files("reports").joinpath("fonts")) as fonts:
        document: bytes = HTML(string=page(record), base_url=f"{fonts}/").write_pdf()
    return document


def page(record: InvoiceRecord) -> str:
    """The invoice as HTML."""
    head, words = record.head, wording(record.head.payer.language)
    seller, payer, figures = head.seller, head.payer, words.figures
    facts = (
        (words("label.issued"), str(head.issued_on)),
        (words("label.due"), str(head.due_on)),
        (words("label.customer"), payer.payer_id),
        (words("label.iban"), seller.iban),
        (words("label.reference"), head.structured_reference),
        (words("label.net"), figures.money(head.net)),
        (words("label.gross"), figures.money(head.gross)),
    )
    parts = [
        f"<style>{STYLE}</style><h3>{_safe(seller.name)}</h3><p class=small>{_safe(f'{seller.street}, {seller.city} {seller.vat_number}')}",
        f"<h4>{_safe(payer.name)}</h4><p>{_safe(f'{payer.street} {payer.postal_code} {payer.city}')}",
        _table((), facts, ""),
        *(f"<p class=small>{_safe(words(f'legal.{name}', email=seller.email, website=seller.website))}" for name in ("complaint", "late")),
        _table(_heading(words, "description", "clause", "period", "quantity", "unit_price", "amount"), _lines(record, words), ""),
    ]
    calls = [call for client in record.end_clients for line in client.calls for call in line.calls]
    if calls:
        heading = _heading(words, "moment", "callee", "destination", "duration", "in_pack", "price")
        parts.append(_table(heading, [cells(call, words, record.masked_digits) for call in calls], "calls"))
    return "".join(parts)


def _heading(words: Wording, *names: str) -> tuple[str, ...]:
    return tuple(words(f"column.{name}") for name in names)


def _lines(record: InvoiceRecord, words: Wording) -> list[tuple[str, ...]]:
    figures = words.figures
    return [
        (
            f"{line.description} {words.note(line.note)}",
            line.clause,
            figures.short_span(line.from_day, line.to_day),
            figures.quantity(line.quantity),
            "–" if line.unit_price is None else figures.unit_price(line.unit_price),
            figures.amount(line.net),
        )
        for client in record.end_clients
        for line in client.lines
    ]


def _table(heading: tuple[str, ...], rows: object, name: str) -> str:
    assert isinstance(rows, (list, tuple))
    head = f"<thead><tr>{''.join(f'<th>{_safe(cell)}' for cell in heading)}</thead>" if heading else ""
    return f"<table class='{name}'>{head}{''.join('<tr>' + ''.join(f'<td>{_safe(cell)}' for cell in row) for row in rows)}</table>"


def _safe(text: str) -> str:
    return html.escape(text)
