"""The small operator billed month by month as far as its books go: charges, numbers, corrections and money, without papers and mail."""

import csv
import io
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from sqlalchemy import text

from billing.period import DAY, Period
from tasks import credit, drafts, issue, one_off, rating, recurring, snapshot
from tasks.books import make_final, write_journal, write_month
from tasks.feed import importing
from tasks.ledger import Run, Step, approve, find_run, open_close, open_credit, open_orders, run_step
from tasks.outside import Outside
from tests.product_runs import unchecked
from tests.world import World, usage_row, world

D = Decimal
Rows = list[dict[str, str]]
CLOSE = (
    Step("snapshot", snapshot.stage, None, snapshot.accept),
    Step("rating", rating.stage, None, rating.accept),
    Step("recurring", recurring.stage),
    Step("drafts", drafts.stage),
    Step("issue", issue.stage),
)
ORDERS = (Step("one_off", one_off.stage), Step("drafts", drafts.stage), Step("issue", issue.stage))
CREDIT = (Step("drafts", credit.stage), Step("issue", issue.stage))


def small_operator() -> World:
    """The small operator, with calls after the close date of October and counts for the months that follow."""
    small = world()
    small.usage.append(usage_row("U-LATE-01", "L-ALFA-USER", "2026-10-30T08:00:00Z", "+32475123456", 600))  # 1.20
    small.usage.append(usage_row("U-LATE-02", "L-ALFA-USER", "2026-11-02T08:00:00Z", "+32475123456", 600))  # of November
    for day in ("2026-11-27", "2026-12-27", "2027-01-27"):
        small.inventory[day] = small.inventory["2026-10-28"]
    return small


@dataclass
class BooksScene:
    """An operator whose runs write their journal, as the report step does."""

    outside: Outside
    feed: World = field(default_factory=small_operator)

    def bring(self) -> None:
        """Import the feed as it stands."""
        self.feed.write(Path(self.outside.settings.feed))
        importing.import_feed(self.outside)

    def orders(self, on: date) -> None:
        """An orders run of a day."""
        self._perform(open_orders(self.outside.engine, on), ORDERS)

    def close(self, month: str, on: date | None = None) -> None:
        """A close to its numbered invoices."""
        period = Period.month(month)
        self._perform(open_close(self.outside.engine, period, on or period.first.replace(day=28)), CLOSE)

    def credit(self, number: str, on: date, *lines: int, amount: str | None = None, again: bool = False) -> None:
        """A credit note, and with `again` the invoice made anew."""
        asked = credit.Request(number, "wrong", lines, None if amount is None else D(amount), again)
        run = open_credit(self.outside.engine, number, on, asked.text, check=lambda conn: credit.refuse(conn, asked, on))
        self._perform(run, CREDIT)

    def final(self, month: str, on: date | None = None, by: str = "An") -> str:
        """The books of a month made final, the day after it where no day is given."""
        period = Period.month(month)
        return make_final(self.outside, period, on or period.past, by=by)

    def write(self, month: str) -> Rows:
        """The journal of a month written as it stands."""
        write_month(self.outside, Period.month(month))
        return self.journal(month)

    def journal(self, month: str) -> Rows:
        """The rows of journal.csv."""
        path = Path(self.outside.settings.out) / month / "journal.csv"
        return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))

    def numbers(self) -> dict[str, str]:
        """The number of the first invoice of each payer's close."""
        found = self.say("select payer_id, min(number) from invoice join run using (run_id) where run.kind = 'close' group by 1")
        return {str(payer): str(number) for payer, number in found}

    def say(self, statement: str, **values: object) -> list[tuple[object, ...]]:
        """The answer of a statement."""
        with self.outside.engine.begin() as conn:
            answer = conn.execute(text(statement), values)
            return [tuple(row) for row in answer] if answer.returns_rows else []

    def owed(self, day: date) -> Decimal:
        """What all payers owe at the end of a day, from the register of invoices and the payments."""
        issued, paid = "select coalesce(sum(gross), 0) from invoice where issued_on <= :day", "select coalesce(sum(amount), 0) from payment"
        ((amount,),) = self.say(f"select ({issued}) - ({paid} where paid_on <= :day)", day=day)
        assert isinstance(amount, Decimal)
        return amount

    def vat(self, day: date) -> Decimal:
        """The VAT of all documents up to a day."""
        ((amount,),) = self.say("select coalesce(sum(vat), 0) from invoice where issued_on <= :day", day=day)
        assert isinstance(amount, Decimal)
        return amount

    def not_passed(self, day: date) -> Decimal:
        """What is charged for days after a day, from the coverage records: charges that no credit released, less days given back."""
        rows = self.say(
            "select c.net, lower(c.days), upper(c.days) from recurring_charge c join run r using (run_id)"
            " join run_step s on s.run_id = c.run_id and s.step = 'issue' and s.state = 'accepted'"
            " where c.released_by is null and c.charge <> 'balance' and r.run_on <= :day"
            " union all select -f.net, lower(f.days), upper(f.days) from refund f join run r using (run_id)"
            " join run_step s on s.run_id = f.run_id and s.step = 'issue' and s.state = 'accepted'"
            " where not f.below_floor and r.run_on <= :day",
            day=day,
        )
        return sum((_after(day, net, Period(first, past)) for net, first, past in rows), D(0))  # type: ignore[arg-type]

    def _perform(self, opened: Run, steps: tuple[Step, ...]) -> None:
        approve(self.outside.engine, opened, by="test")
        for step in steps:
            run_step(self.outside, find_run(self.outside.engine, opened.run_id), step, unchecked)
        write_journal(self.outside, opened)


def _after(day: date, net: Decimal, days: Period) -> Decimal:
    """Of a charge, the part of its days after a day."""
    return net * max(0, (days.past - max(days.first, day + DAY)).days) / days.days


def told(rows: Rows, document: str) -> list[str]:
    """The entries of a document as a bookkeeper writes them: account, partner, D or C, amount, VAT code."""
    return [
        " ".join(
            filter(None, (row["account"], row["partner"], f"D {row['debit']}" if row["debit"] else f"C {row['credit']}", row["vat_code"]))
        )
        for row in rows
        if row["document"] == document
    ]


def balances(*months: Rows) -> dict[str, Decimal]:
    """What the accounts come to over some journals, debit above zero, without those that come to nothing."""
    sums: dict[str, Decimal] = defaultdict(D)
    for row in (row for rows in months for row in rows):
        sums[row["account"]] += D(row["debit"] or "0") - D(row["credit"] or "0")
    return {account: amount for account, amount in sorted(sums.items()) if amount}


def documents_that_do_not_balance(rows: Rows) -> list[str]:
    """The documents whose debit is not their credit."""
    sums: dict[str, Decimal] = defaultdict(D)
    for row in rows:
        sums[row["document"]] += D(row["debit"] or "0") - D(row["credit"] or "0")
    return [document for document, amount in sums.items() if amount]
