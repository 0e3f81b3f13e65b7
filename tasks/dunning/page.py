"""A day of dunning as a page of the Prefect UI: its totals, letters and late charges, the orders that wait, who cannot be reached."""

from collections.abc import Iterable, Sequence

from tasks.dunning.receipt import DunningReceipt, LetterGiven
from tasks.outcome import page_link
from tasks.outside import Outside


def page(outside: Outside, receipt: DunningReceipt) -> str:
    """Returns the day in markdown, with links to the letters."""
    letters = [_letter_row(outside, each) for each in receipt.notices]
    parts = [
        f"# Dunning {receipt.on}{': preview, nothing is sent' if receipt.preview else ''}",
        "\n".join(_table(("", ""), [(name, str(value)) for name, value in receipt.figures.items()])),
        f"Although bank statements are missing, on the word of {_cell(receipt.on_word)}." if receipt.on_word else "",
        _section("Letters", _table(("payer", "segment", "level", "EUR", "fee", "costs", "documents", "state", "letter"), letters)),
        _section("Late charges of the month", _list(receipt.charges)),
        _section("Orders that wait for approval", _list(receipt.waiting)),
        _section("Suspensions", _list(line for line in receipt.orders if line not in receipt.waiting)),
        _section("Cannot be reached", _list(map(str, receipt.unreachable))),
        _section("Claims that came late", _list(receipt.late_claims)),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def _letter_row(outside: Outside, letter: LetterGiven) -> Sequence[str]:
    state = f"{letter.state}: {letter.reason}" if letter.reason else letter.state
    link = page_link(outside, "PDF", letter.path) if letter.path else ""
    costs = (str(letter.open_amount), str(letter.fee), str(letter.recovery_cost))
    return (letter.payer_id, letter.segment, str(letter.level), *costs, ", ".join(letter.invoices), state, link)


def _section(title: str, lines: Sequence[str]) -> str:
    return "\n".join([f"## {title}", "", *lines]) if lines else ""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    found = [f"| {' | '.join(map(_cell, row))} |" for row in rows]
    return [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *found] if found else []


def _list(lines: Iterable[str]) -> list[str]:
    return [f"- {_cell(line)}" for line in lines]


def _cell(text: str) -> str:
    """What neither ends a cell nor a line."""
    return " ".join(text.split()).replace("|", "\\|")


__all__ = ["page"]
