"""`journal.csv`: the journal of a month as any accounting package can read it; of a final month the files for WinBooks beside it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.period import Period
from tasks.books.entries import EntryRow, entries_of
from tasks.books.months import is_final
from tasks.books.winbooks import write_winbooks
from tasks.chart_of_accounts import chart_of
from tasks.csv_files import write_csv
from tasks.outside import Outside


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One row of journal.csv: `debit` or `credit` in EUR, `period` the accounting month, `state` provisional or final."""

    journal: str
    document: str
    date: date
    account: str
    account_name: str
    partner: str
    debit: Decimal | None
    credit: Decimal | None
    vat_code: str
    period: str
    reference: str
    text: str
    state: str


def write_files(outside: Outside, month: Period) -> int:
    """Write the files of the journal of a month; returns how many entries it has. The same journal gives the same bytes."""
    chart = chart_of(outside.settings)
    with outside.engine.connect() as conn:
        found = entries_of(conn, month)
        final = is_final(conn, month)
    state = "final" if final else "provisional"
    names = {row.account: chart.name(row.account) for row in found}
    write_csv(outside.out, f"{month}/journal.csv", JournalRow, (_row(row, names[row.account], f"{month}", state) for row in found))
    if final:
        write_winbooks(outside, month, found)
    return len(found)


def _row(row: EntryRow, account_name: str, period: str, state: str) -> JournalRow:
    text = " ".join(dict.fromkeys(filter(None, (row.text, row.entry_text))))
    return JournalRow(
        row.journal, row.document, row.dated_on, row.account, account_name, row.partner, row.debit or None, row.credit or None,
        row.vat_code, period, row.reference, text, state,
    )  # fmt: skip


__all__ = ["write_files"]
