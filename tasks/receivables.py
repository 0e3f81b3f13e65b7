"""`billing receivables`: the ageing of all payers on a day, and the statement of account of each that owes something."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.money import ZERO
from reports.statement_pdf import StatementSheet, render_statement
from tasks.ageing import PayerAgeing, ageing_on
from tasks.csv_files import write_csv
from tasks.document_records import seller_of
from tasks.letterhead import letterhead
from tasks.outside import Outside
from tasks.statement import payers, statements
from tasks.store import file_name

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReceivablesReceipt:
    """What was written: where, and what it comes to on the day. EUR including VAT."""

    on: date
    path: str
    rows: Sequence[PayerAgeing]
    drawn: int

    @property
    def total(self) -> Decimal:
        """All that is open."""
        return sum((row.total for row in self.rows), ZERO)

    @property
    def overdue(self) -> Decimal:
        """What of it is past its due date."""
        return self.total - sum((row.not_due for row in self.rows), ZERO)

    def __str__(self) -> str:
        contested = sum((row.contested for row in self.rows), ZERO)
        debtors = sum(row.total > 0 for row in self.rows)
        sums = f"{self.total:,.2f} EUR open, {self.overdue:,.2f} overdue, {contested:,.2f} contested"
        return f"{self.on}: {debtors} payers, {sums}; {self.path}, {self.drawn} statements"


def receivables(outside: Outside, on: date, with_statements: bool = False) -> ReceivablesReceipt:
    """Write `ageing.csv` of the month of a day, as of that day, and with them the PDF statements of those who have something open.

    Done again it writes the same bytes, as long as nothing dated by then has come in since; statements of who owes nothing are removed.
    """
    folder = f"{on:%Y-%m}"
    with outside.engine.connect().execution_options(isolation_level="REPEATABLE READ") as conn:  # list and statements of one moment
        rows = ageing_on(conn, on)
        owing = {row.payer_id: row.name for row in rows if row.total > 0} if with_statements else {}
        cards = payers(conn, sorted(owing))
        found = statements(conn, owing, on, outside.settings) if owing else []
    write_csv(outside.out, f"{folder}/ageing.csv", PayerAgeing, rows)
    if with_statements:
        drawn = {f"{folder}/statements/{file_name(one.payer_id)}.pdf": one for one in found}
        for path in outside.out.paths(f"{folder}/statements"):
            if path not in drawn:
                outside.out.remove(path)
        seller = letterhead(seller_of(outside.settings), outside.settings)
        for path, one in drawn.items():
            outside.out.write(path, render_statement(StatementSheet(cards[one.payer_id], seller, one)))
    receipt = ReceivablesReceipt(on, f"{folder}/ageing.csv", rows, len(found))
    log.info("%s", receipt)
    return receipt


__all__ = ["ReceivablesReceipt", "receivables"]
