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
from flows.bank_import import bank_import
from flows.demo_decisions import NEVER_PAY, SET_OFF_ON, after_the_close, set_off_deposit
from flows.dunning import dunning
from flows.monthly_close import monthly_close
from flows.order_invoicing import order_invoicing
from tasks.audit import audit
from tasks.cited import write_cited
from tasks.database import stop_embedded
from tasks.demo.bank import write_statement
from tasks.demo.feed import deliver, write_feed
from tasks.mailbox_server import MailboxServer
from tasks.outside import Outside, open_outside
from tasks.payments import open_invoices_on
from tasks.status import status

MONTHS = ("2026-08", "2026-09", "2026-10")
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
        with clock.timed("audit: every month computed again from what was frozen"):
            for month in MONTHS:
                print_line(clock, audit(outside, Period.month(month)))
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
    values = {"state": folder / "state", "feed": feed, "out": folder / "out", "smtp_url": smtp_url}
    lines = [f'{name} = "{value}"' for name, value in values.items()]
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
    on = period.first.replace(day=28)
    mid_month = period.first.replace(day=12)
    is_last = f"{period.first:%Y-%m}" == MONTHS[-1]
    deliver(master, feed, through=mid_month)
    with clock.timed(f"{mid_month}: orders, payments, reminders"):
        print_line(clock, order_invoicing.fn(on=mid_month))
        print_line(clock, _pay(outside, feed, mid_month, seed))
        for day in (period.first.replace(day=6), period.first.replace(day=20)):
            print_line(clock, dunning.fn(on=day))
        if is_last:
            print_line(clock, set_off_deposit(outside, "CL032", period.first.replace(day=SET_OFF_ON)))
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


def _pay(outside: Outside, feed: Path, on: date, seed: int) -> object:
    """The customers pay, each in his way, and the bank's statement is imported and matched."""
    with outside.engine.connect() as conn:
        owed = open_invoices_on(conn, on)
    write_statement(feed, owed, on, iban=outside.settings.seller_iban, seed=seed, never_pay=NEVER_PAY)
    return bank_import.fn(on=on)


def _where_to_look(folder: Path, mails: int, seconds: float) -> str:
    last = folder / "out" / MONTHS[-1]
    first_pdf = next(iter(sorted((last / "invoices").glob("*.pdf"))), last / "invoices")
    return "\n".join(
        [
            "",
            f"Three months closed in {seconds:.0f} s; {mails} mails in the local mailbox. Look at:",
            f"  close report   {last / 'close_report.html'}",
            f"  data quality   {last / 'gates.html'}",
            f"  an invoice     {first_pdf}",
            f"  the mailbox    {folder / 'mailbox'}",
            f"  rated usage    {last / 'rated_usage'}",
        ]
    )
