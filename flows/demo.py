"""`billing demo`: a made-up operator closes three months in a row on an embedded database, with mail, payments and reminders."""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from rich.console import Console

from billing.period import Period
from flows.books import books
from flows.demo_decisions import SET_OFF_ON, after_the_close, set_off_deposit
from flows.demo_weeks import after_the_last_close, tuesdays, week
from flows.monthly_close import monthly_close
from flows.order_invoicing import order_invoicing
from tasks.archive import held, verify
from tasks.audit import audit
from tasks.cited import write_cited
from tasks.database import stop_embedded
from tasks.demo.feed import deliver, write_feed
from tasks.mailbox_server import MailboxServer
from tasks.outside import Outside, open_outside
from tasks.preview import preview_close
from tasks.status import status

MONTHS = ("2026-08", "2026-09", "2026-10")
NEXT_MONTH = "2026-11"
BOOKS_ON = date(2026, 11, 20)  # the last day the demo lives
ROAMING_CAP_MB = 1_000  # below the bundle of the travellers, so that some pass it (GC-6.2)


@dataclass
class _Clock:
    """Says on the console what is being done and how long it took."""

    console: Console
    started: float = field(default_factory=time.monotonic)

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        begun = time.monotonic()
        self.console.print(f"[bold]{what}[/bold] …")
        yield
        self.console.print(f"  [dim]{time.monotonic() - begun:.1f} s[/dim]")


def demo(folder: Path, *, calls: int, payers: int, seed: int) -> int:
    """Close three months into `folder` (emptied first); returns the exit code and prints where to look."""
    console = Console(highlight=False)
    clock = _Clock(console)
    _empty(folder)
    master, feed = folder / "operator", folder / "feed"
    with clock.timed(f"making up an operator with {payers} payers and {calls:,} calls"):
        write_feed(master, seed=seed, payers=payers, calls=calls, months=MONTHS)
    with MailboxServer(folder / "mailbox") as server:
        _settle_in(folder, feed, server.url)
        outside = open_outside()
        for month in MONTHS:
            _one_month(clock, outside, master, feed, Period.month(month), seed)
        with clock.timed("the weeks after: what was proposed is approved, late charges, a partner pays and is restored"):
            for done in after_the_last_close(outside, feed, folder / "platform", _close_day(Period.month(MONTHS[-1]))):
                print_line(clock, done)
        with clock.timed("books: the journal of each month, made final"):
            for month in MONTHS:
                print_line(clock, books.fn(month=month, on=BOOKS_ON))
        with clock.timed(f"preview of {NEXT_MONTH}: what the next close would bill, nothing touched"):
            print_line(clock, preview_close(outside, Period.month(NEXT_MONTH)))
        with clock.timed("audit: every month computed again from what was frozen"):
            for month in MONTHS:
                print_line(clock, audit(outside, Period.month(month)))
        with clock.timed("archive: every document against its manifest, every manifest against the database"):
            print_line(clock, "\n".join(verify(outside)) or f"{held(outside)}, nothing is missing, changed or besides")
        console.print(f"\n{status(outside.engine)}", markup=False, soft_wrap=True)
        console.print(f"\n{write_cited(outside.engine, outside.out)}", markup=False, soft_wrap=True)
        outside.engine.dispose()
    mails = sum(1 for _ in (folder / "mailbox").rglob("new/*"))
    console.print(_where_to_look(folder, mails, time.monotonic() - clock.started), markup=False, soft_wrap=True)
    return 0


def _settle_in(folder: Path, feed: Path, smtp_url: str) -> None:
    """Point this process at the demo, whatever the settings around it say: a demo touches nobody's ledger and mails nobody."""
    for name in [name for name in os.environ if name.startswith("BILLING_")]:
        del os.environ[name]
    os.environ |= {
        "BILLING_CONFIG": str(_written(folder / "billing.toml", folder, feed, smtp_url)),
    }


def _written(config: Path, folder: Path, feed: Path, smtp_url: str) -> Path:
    """The settings of the demo as a file, so that its folder can be used by hand afterwards."""
    values = {"state": folder / "state", "feed": feed, "out": folder / "out", "smtp_url": smtp_url, "platform_url": folder / "platform"}
    lines = [f'{name} = "{value}"' for name, value in values.items()]
    lines.append('dunning_policies = { small = "article119" }')
    lines.append(f'roaming_data_cap_mb = {{ "2026-01-01" = {ROAMING_CAP_MB} }}')
    config.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return config


def _empty(folder: Path) -> None:
    if (folder / "state" / "postgres").exists():
        stop_embedded(folder / "state" / "postgres")
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)


def _one_month(clock: _Clock, outside: Outside, master: Path, feed: Path, period: Period, seed: int) -> None:
    on = _close_day(period)
    mid_month = period.first.replace(day=12)
    orders_on = max(day for day in tuesdays(period) if day <= mid_month)
    is_first, is_last = (f"{period.first:%Y-%m}" == MONTHS[place] for place in (0, -1))
    before = [day for day in tuesdays(period) if (orders_on if is_first else period.first) <= day < on]
    deliver(master, feed, through=mid_month)
    with clock.timed(f"{period.first:%Y-%m}, the weeks before the close: orders, payments, letters"):
        for day in before:
            for done in week(outside, feed, day, seed, most_pay=day == orders_on):
                print_line(clock, done)
            if day == orders_on:
                print_line(clock, order_invoicing.fn(on=mid_month))
            if is_last and day.day == SET_OFF_ON:
                print_line(clock, set_off_deposit(outside, "CL032", day))
    deliver(master, feed, through=on)
    with clock.timed(f"{on}: close {period.first:%Y-%m}"):
        print_line(clock, monthly_close.fn(period=f"{period.first:%Y-%m}", on=on, approve=True))
    if f"{period.first:%Y-%m}" == MONTHS[1]:
        with clock.timed(f"{on}: finance credits an invoice, and has another made anew"):
            for done in after_the_close(outside, feed, on):
                print_line(clock, done)


def print_line(clock: _Clock, outcome: object) -> None:
    """Show an outcome, indented, one line each."""
    for line in str(outcome).splitlines():
        clock.console.print(f"  {line}", markup=False, soft_wrap=True)


def _close_day(period: Period) -> date:
    return period.first.replace(day=28)


def _where_to_look(folder: Path, mails: int, seconds: float) -> str:
    last = folder / "out" / MONTHS[-1]
    pages = sorted((folder / "out" / "portal" / "payers").glob("*/index.html"))
    first_pdf = next(iter(sorted((last / "invoices").glob("*.pdf"))), last / "invoices")
    return "\n".join(
        [
            "",
            f"Three months closed in {seconds:.0f} s; {mails} mails in the local mailbox. Look at:",
            f"  close report   {last / 'close_report.html'}",
            f"  its workbook   {last / 'close_report.xlsx'}",
            f"  the journal    {last / 'journal.csv'}",
            f"  data quality   {last / 'gates.html'}",
            f"  the preview    {folder / 'out' / 'previews' / NEXT_MONTH / 'close_report.html'}",
            f"  an invoice     {first_pdf}",
            f"  its e-invoice  {first_pdf.with_suffix('.xml')}",
            f"  the portal     {next(iter(pages), folder / 'out' / 'portal')}",
            f"  the mailbox    {folder / 'mailbox'}",
            f"  rated usage    {last / 'rated_usage'}",
        ]
    )
