"""What was called, by destination group: how many, how much was charged and how much the pack took, at what price, and the use of packs."""

from collections.abc import Iterator, Sequence

from reports.layout import ACCENT, BOLD, LEFT, MUTED, REGULAR, RIGHT, Column, Pen, Strip, fitted, gap, heading_strip, printable
from reports.line_text import capital
from reports.records import DATA, SMS, VOICE, EndClientSection, InvoiceRecord, PackUse
from reports.wording import Wording

SIZE = 8.2
CALLS, OUTSIDE, INSIDE = LEFT + 262, LEFT + 338, LEFT + 414
GROUP_WIDTH = CALLS - LEFT - 50
UNIT_OF_KIND = {VOICE: "seconds", DATA: "bytes"}

Counted = list[int]  # calls, charged, in the pack, cents


def usage_pieces(record: InvoiceRecord, words: Wording) -> list[Strip]:
    """The usage of each end client with calls to show, by destination group, with its total; nothing where there are none."""
    clients = [client for client in record.end_clients if client.calls]
    if not clients:
        return []
    is_own = len(record.end_clients) == 1
    pieces = [_title(words("title.usage"))]
    for client in clients:
        pieces += _client_pieces(client, "" if is_own else client.name, words)
    return [*pieces, gap(13)]


def by_group(client: EndClientSection) -> dict[tuple[str, int], Counted]:
    """(destination group, kind) → calls, charged, in the pack (seconds, messages or bytes) and cents."""
    groups: dict[tuple[str, int], Counted] = {}
    for line in client.calls:
        for call in line.calls:
            key = call.destination_group, call.kind
            found = groups.get(key)
            if found is None:
                found = groups[key] = [0, 0, 0, 0]
            found[0] += 1
            found[1] += call.quantity - call.in_pack
            found[2] += call.in_pack
            found[3] += call.price_cents
    return groups


def _client_pieces(client: EndClientSection, name: str, words: Wording) -> list[Strip]:
    groups = sorted(by_group(client).items(), key=lambda item: (item[0][1], words.group(item[0][0])))
    again = heading_strip(_columns(words), " · ".join(filter(None, (words("title.usage"), name))))
    pieces = [heading_strip(_columns(words), name)]
    for (group, kind), counted in groups:
        packs = [pack for pack in client.packs if pack.destination_group == group and pack.unit == UNIT_OF_KIND.get(kind)]
        pieces.append(_row(words.group(group), kind, counted, packs, words, again))
    calls, cents = (sum(counted[place] for _, counted in groups) for place in (0, 3))
    return [*pieces, _total(words.figures.whole(calls), words.figures.cents(cents), words), gap(6)]


def _columns(words: Wording) -> list[Column]:
    return [
        Column(words("column.destination"), LEFT, GROUP_WIDTH),
        Column(words("column.calls"), CALLS, 80, "right"),
        Column(words("column.outside_pack"), OUTSIDE, 72, "right"),
        Column(words("column.inside_pack"), INSIDE, 72, "right"),
        Column(words("column.amount"), RIGHT, 70, "right"),
    ]


def _row(name: str, kind: int, counted: Counted, packs: Sequence[PackUse], words: Wording, again: Strip) -> Strip:
    figures = words.figures
    measured = figures.volume if kind == DATA else figures.whole if kind == SMS else figures.duration
    calls, charged, in_pack, cents = counted
    shown = fitted(printable(capital(name)), REGULAR, SIZE, GROUP_WIDTH)
    notes = list(_pack_notes(packs, words))
    height = 16.0 + 9 * len(notes)

    def draw(pen: Pen, y: float) -> None:
        base = y - 10.5
        pen.text(LEFT, base, shown, SIZE)
        pen.text(CALLS, base, figures.whole(calls), SIZE, align="right")
        pen.text(OUTSIDE, base, measured(charged) if charged else "–", SIZE, align="right")
        pen.text(INSIDE, base, measured(in_pack) if in_pack else "–", SIZE, align="right")
        pen.text(RIGHT, base, figures.cents(cents), SIZE, align="right")
        pen.lines(LEFT, base - 10, notes, 6.8, leading=9, color=MUTED)
        pen.rule(y - height + 0.5, width=0.25)

    return Strip(height, draw, again)


def _pack_notes(packs: Sequence[PackUse], words: Wording) -> Iterator[str]:
    """`Pack, octobre 2026 : 2:05:00 sur 5:00:00`."""
    for pack in packs:
        show = words.figures.volume if pack.unit == "bytes" else words.figures.duration
        yield words("label.pack_use", month=words.figures.month(pack.month), used=show(pack.used), allowance=show(pack.allowance))


def _total(calls: str, amount: str, words: Wording) -> Strip:
    label = fitted(words("label.total"), BOLD, SIZE, GROUP_WIDTH)

    def draw(pen: Pen, y: float) -> None:
        pen.text(LEFT, y - 10.5, label, SIZE, bold=True)
        pen.text(CALLS, y - 10.5, calls, SIZE, bold=True, align="right")
        pen.text(RIGHT, y - 10.5, amount, SIZE, bold=True, align="right")

    return Strip(16, draw)


def _title(text: str) -> Strip:
    return Strip(19, lambda pen, y: pen.text(LEFT, y - 12, text, 11, ACCENT, bold=True), keep=True)


__all__ = ["by_group", "usage_pieces"]
