"""The one command, `billing`. Exit code 0 done, 1 refused or stopped by a gate (the reason on stderr), 2 wrong usage."""

import argparse
import logging
import sys
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import NoReturn

from billing.period import Period

DIGITS = 18  # of a number the database can count to


class _Parser(argparse.ArgumentParser):
    """A parser whose refusal is one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; see {self.prog} --help\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    given = parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO if given.verbose else logging.WARNING, format="%(message)s", stream=sys.stderr)
    from flows import commands

    try:
        return commands.run(given)
    except BrokenPipeError:  # the reader has seen enough, as in `billing status | head`
        sys.stdout = None  # nothing is left to flush at the end
        return 0


def parser() -> argparse.ArgumentParser:
    """The commands and their arguments."""
    root = _Parser(prog="billing", description="The monthly close of a cloud-telephony operator.")
    root.add_argument("-v", "--verbose", action="store_true", help="say what each step does")
    commands = root.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser)

    demo = commands.add_parser("demo", help="close three months of a made-up operator, with mail and reminders")
    demo.add_argument("--folder", type=Path, default=Path("demo"), help="where the demo's files go (default: demo)")
    demo.add_argument("--calls", type=int, default=200_000, help="calls to make up (default: 200000)")
    demo.add_argument("--payers", type=int, default=60)
    demo.add_argument("--seed", type=int, default=1)

    commands.add_parser("import", help="import what is new in the feed")

    _closing(commands)

    rerun = commands.add_parser("rerun", help="do a step of a close again; after the issue: documents, delivery, report")
    rerun.add_argument("period", type=_month, help="the month, as 2026-10")
    steps = ("snapshot", "rating", "recurring", "drafts", "documents", "delivery", "report")
    rerun.add_argument("step", choices=steps, metavar="STEP", help="%(choices)s")

    orders = commands.add_parser("orders", help="invoice what was ordered and is payable in advance")
    orders.add_argument("--on", type=_day, required=True, help="the day, as 2026-10-05")

    _money(commands)
    _accounting(commands)
    _mail(commands)
    _minimum_service(commands)

    collect = commands.add_parser("collect", help="make the direct debit files that are due on a day")
    collect.add_argument("--on", type=_day, required=True, help="the day they are made on, as 2026-11-20")
    collect.add_argument("--preview", action="store_true", help="show what would be collected; make nothing")

    dunning = commands.add_parser("dunning", help="letters, suspensions and late charges that are due on a day")
    dunning.add_argument("--on", type=_day, required=True, help="the day, as 2026-12-07; never one before the last day done")
    dunning.add_argument("--preview", action="store_true", help="show what would be done; write and send nothing")
    dunning.add_argument("--without-statements", action="store_true", help="go on although bank statements are missing")
    dunning.add_argument("--by", default="", metavar="NAME", help="who says so")

    snapshot = commands.add_parser("snapshot", help="import the inventory of a day and show its count and hash")
    snapshot.add_argument("--on", type=_day, required=True, help="the day of the inventory")

    export = commands.add_parser("export", help="write the files of a month again")
    export.add_argument("period", type=_month)

    quote = commands.add_parser("quote", help="price one call and say why")
    quote.add_argument("number")
    quote.add_argument("--line", required=True)
    quote.add_argument("--seconds", type=int, required=True)
    quote.add_argument("--at", required=True, help="when it starts, as 2026-10-03T10:00 (Brussels) or with a zone")
    quote.add_argument("--visited", default="", metavar="COUNTRY", help="where it is made, as US (default: at home)")

    _add_questions(commands)
    _archive(commands)
    commands.add_parser("status", help="what has been closed, what waits, what is parked")
    commands.add_parser("ui", help="start the Prefect server, worker and report pages on this machine")
    return root


def _closing(commands: "argparse._SubParsersAction[_Parser]") -> None:
    """The commands that close a month and decide about its drafts."""
    close = commands.add_parser("close", help="close a month: import, then every step up to the report")
    close.add_argument("period", type=_month, help="the month to close, as 2026-10")
    close.add_argument("--on", type=_day, help="the close date, as 2026-10-28 (default: the 28th)")
    close.add_argument("--approve", action="store_true", help="issue the invoices without waiting for approval")
    close.add_argument("--by", default="", metavar="NAME", help="who approves (default: the user of this machine)")
    close.add_argument("--abandon", action="store_true", help="forget a close begun by mistake, before its invoices are issued")
    again = "do this step and the later ones again, before invoices are issued: %(choices)s"
    close.add_argument("--from-step", choices=("snapshot", "rating", "recurring", "drafts"), metavar="STEP", help=again)

    preview = commands.add_parser("preview", help="show what the close of a month would bill: drafts, PDFs and report; issue nothing")
    preview.add_argument("period", type=_month, help="the month, as 2026-10; closed or not, begun or not")
    preview.add_argument("--on", type=_day, help="the close date, as 2026-10-28 (default: that of the close, or the 28th)")
    preview.add_argument("--payers", type=_payers, default=[], metavar="A,B", help="of these payers alone")

    review = commands.add_parser("review", help="who was asked about the drafts of a month, and what was decided; or decide")
    review.add_argument("period", type=_month, help="the month, as 2026-10")
    choice = review.add_mutually_exclusive_group()
    choice.add_argument("--approve", action="store_true", help="approve the drafts as they are")
    choice.add_argument("--reject", type=_words, metavar="COMMENT", help="send the drafts back: all is put back and computed anew")
    choice.add_argument("--exclude", type=_words, metavar="PAYERS", help="leave these payers out, as P1,P2, and make the drafts again")
    review.add_argument("--by", default="", metavar="NAME", help="who decides")
    review.add_argument("--comment", default="", help="why payers are left out, or what to say with an approval")


def _minimum_service(commands: "argparse._SubParsersAction[_Parser]") -> None:
    """The commands that put an end client on minimum service and end it."""
    suspend = commands.add_parser("suspend", help="put an end client on minimum service: emergency calls only")
    suspend.add_argument("end_client", metavar="END_CLIENT")
    suspend.add_argument("--from", dest="starts_on", type=_day, required=True, metavar="DAY", help="its first day, as 2026-10-05")
    suspend.add_argument("--clause", required=True, help="the ground, as GC-9.1.a")
    suspend.add_argument("--note", default="")

    restore = commands.add_parser("restore", help="end the minimum service of an end client, or correct its last day")
    restore.add_argument("end_client", metavar="END_CLIENT")
    restore.add_argument("--on", type=_day, required=True, metavar="LAST_DAY", help="the last day of minimum service")

    _suspension_orders(commands)


def _suspension_orders(commands: "argparse._SubParsersAction[_Parser]") -> None:
    """The commands about the orders that dunning makes: minimum service for a payer's end clients, and their restoration."""
    commands.add_parser("suspensions", help="the suspension orders: grounds, whom they reach, how far they are, what can be done")

    approve = commands.add_parser("approve-suspension", help="let a suspension order leave with the next run of dunning")
    reject = commands.add_parser("reject-suspension", help="reject a suspension order that has not left")
    for decision in (approve, reject):
        decision.add_argument("order", type=_order, help="its number, see `billing suspensions`")
        decision.add_argument("--by", required=True, metavar="NAME", help="who decided")
        decision.add_argument("--on", type=_day, required=True, help="the day of the decision")
    reject.add_argument("--reason", type=_words, required=True, metavar="TEXT", help="why; kept with the order")

    acknowledge = commands.add_parser("acknowledge", help="say from which day the platform has carried out an order")
    acknowledge.add_argument("order", type=_order, help="its number, see `billing suspensions`")
    acknowledge.add_argument("--on", type=_day, required=True, metavar="DAY", help="the first day of minimum service, or of full service")

    contacts = commands.add_parser("contacts", help="the end clients of a partner in default whom sales may call, as CSV")
    contacts.add_argument("payer", help="the partner")


def _add_questions(commands: "argparse._SubParsersAction[_Parser]") -> None:
    """What an auditor asks; these change nothing."""
    explain = commands.add_parser("explain", help="say how the amounts of an invoice or credit note came to be")
    explain.add_argument("invoice", help="its number, as 2026-000123")
    explain.add_argument("line", nargs="?", type=_line, help="one line alone, from 1")

    audit = commands.add_parser("audit", help="compute a closed month again from what was frozen; every difference is named")
    audit.add_argument("period", type=_month)

    report = commands.add_parser("report", help="write the close report of a month again, as its close stands: page, workbook, gates")
    report.add_argument("period", type=_month, help="the month, as 2026-10")

    verify = commands.add_parser("verify-summary", help="check the summaries of a month against the inventory its close froze")
    verify.add_argument("period", type=_month)
    verify.add_argument("end_client", nargs="?", default="", help="of this end client alone")

    e_invoice = commands.add_parser("check-e-invoice", help="say what an access point or a customer's software would refuse in e-invoices")
    e_invoice.add_argument("files", type=Path, nargs="+", metavar="FILE", help="an XML file, as out/2026-10/invoices/2026-000001.xml")


def _archive(commands: "argparse._SubParsersAction[_Parser]") -> None:
    """The commands about the documents that are kept for good."""
    archive = commands.add_parser("archive", help="check the documents that are kept for good, or archive those of earlier releases")
    what = archive.add_subparsers(dest="what", required=True, metavar="WHAT", parser_class=_Parser)
    verify = what.add_parser("verify", help="name every document that is missing, changed or besides; exit code 1 for any")
    verify.add_argument("period", type=_month, nargs="?", help="the manifests of a month alone, as 2026-10")
    make = what.add_parser("make", help="archive what a month issued and sent; what is archived stays as it is")
    make.add_argument("period", type=_month, help="the month, as 2026-10")


def _money(commands: "argparse._SubParsersAction[_Parser]") -> None:
    """The commands about what payers paid, deposited and still owe."""
    pay = commands.add_parser("pay", help="record a payment of an invoice")
    pay.add_argument("invoice")
    pay.add_argument("amount", type=_amount)
    pay.add_argument("--on", type=_day, required=True, help="the day it was paid")

    bank = commands.add_parser("bank", help="book the bank statements that are new and match their payments")
    bank.add_argument("--on", type=_day, help="the day up to which statements are booked (default: all there are)")
    bank.add_argument("--accept-gap", default="", metavar="STATEMENT", help="book a statement that waits for one the bank never made")
    bank.add_argument("--by", default="", metavar="NAME", help="who says so")

    allocate = commands.add_parser("allocate", help="say where the money of a movement on the worklist belongs")
    allocate.add_argument("movement", type=_movement, help="its number in unmatched.csv")
    allocate.add_argument("invoice", nargs="*", help="the invoices it pays, in this order; or the batch of direct debits it is, DD-…")
    allocate.add_argument("--on-account", default="", metavar="PAYER", help="keep it on account of a payer")
    allocate.add_argument("--aside", action="store_true", help="it is no payer's money")
    allocate.add_argument("--by", required=True, metavar="NAME", help="who decided")

    credit = commands.add_parser("credit", help="credit an invoice, whole or in part, and send the credit note")
    credit.add_argument("invoice", help="its number, as 2026-000123")
    credit.add_argument("--line", type=_line, action="append", default=[], metavar="N", help="only this line, from 1; may be repeated")
    credit.add_argument("--amount", type=_amount, help="only so much of the one line named, in EUR without VAT")
    credit.add_argument("--reason", type=_words, required=True, help="why; the payer reads it on the credit note")
    credit.add_argument("--on", type=_day, required=True, help="the day of the credit note")
    credit.add_argument("--again", action="store_true", help="make the invoice anew, with the data now in the feed")

    set_off = commands.add_parser("set-off", help="set a payer's deposit off against overdue invoices, the oldest first")
    set_off.add_argument("payer")
    set_off.add_argument("amount", type=_amount, nargs="?", help="default: as much as is held and overdue")
    set_off.add_argument("--on", type=_day, required=True, help="the day of the decision")
    set_off.add_argument("--by", required=True, metavar="NAME", help="who decided")
    set_off.add_argument("--reason", required=True, metavar="TEXT", help="why; kept with the set-off")

    statement = commands.add_parser("statement", help="what a payer owes, contests, has to his credit and has deposited on a day")
    statement.add_argument("payer")
    statement.add_argument("--on", type=_day, required=True, help="the day it is as of")
    statement.add_argument("--from", dest="since", type=_day, metavar="DAY", help="with the movements of the account from this day on")
    form = statement.add_mutually_exclusive_group()
    form.add_argument("--csv", action="store_true", help="as CSV; with --from the account alone")
    form.add_argument("--pdf", type=Path, metavar="FILE", help="as the payer gets it, in his language")

    disputes = commands.add_parser("disputes", help="what payers contest, what is asked meanwhile, which claims came late")
    disputes.add_argument("--on", type=_day, help="the day (default: today)")
    disputes.add_argument("--csv", action="store_true", help="as CSV")

    receivables = commands.add_parser("receivables", help="what all payers owe on a day, by age, into ageing.csv of its month")
    receivables.add_argument("--on", type=_day, required=True, help="the day they are as of")
    receivables.add_argument("--statements", action="store_true", help="with the statement of account of each, as PDF")

    activation = commands.add_parser("activation", help="which prepaid subscriptions are paid and may be switched on")
    activation.add_argument("--on", type=_day, required=True, help="the day the list is as of")


def _accounting(commands: "argparse._SubParsersAction[_Parser]") -> None:
    """The commands about the books."""
    write_off = commands.add_parser("write-off", help="give up what is open of an invoice, or a part of it: a loss, booked on the day")
    write_off.add_argument("invoice")
    write_off.add_argument("--amount", type=_amount, help="EUR with VAT (default: all that is open, or was given up)")
    write_off.add_argument("--take-back", action="store_true", help="it is not given up after all: open again, and no loss")
    write_off.add_argument("--on", type=_day, required=True, help="the day of the decision")
    write_off.add_argument("--by", required=True, metavar="NAME", help="who decided")
    write_off.add_argument("--reason", type=_words, required=True, metavar="TEXT", help="why; kept with it")

    books = commands.add_parser("books", help="complete the journal of a month and make it final, for accounting")
    books.add_argument("month", type=_month, help="the month, as 2026-10")
    books.add_argument("--on", type=_day, help="the day it is made final (default: today)")


def _mail(commands: "argparse._SubParsersAction[_Parser]") -> None:
    """The commands about what is sent and what comes back."""
    bounced = commands.add_parser("bounced", help="book a mail that came back: a letter counts as never sent")
    bounced.add_argument("message_id", metavar="MESSAGE_ID", help="of the mail that came back, as its headers have it")
    bounced.add_argument("--on", type=_day, required=True, help="the day it came back")
    bounced.add_argument("--reason", default="", metavar="TEXT", help="what the notice says")
    bounced.add_argument("--address", default="", help="the one address it came back from (default: all that took it)")

    bounces = commands.add_parser("bounces", help="read the mailbox that returned mail comes to, and book each recipient not reached")
    bounces.add_argument("--on", type=_day, help="the day it is booked on (default: today)")

    e_invoices = commands.add_parser("e-invoices", help="send the e-invoices that wait for the access point, and read its receipts")
    e_invoices.add_argument("--again", default="", metavar="NUMBER", help="send this one again, which was refused")

    deliver = commands.add_parser("deliver", help="send what waits to be delivered, or a copy of the mail of an invoice")
    deliver.add_argument("period", type=_month, nargs="?", help="the close of this month, as 2026-10")
    deliver.add_argument("--pending", action="store_true", help="all that waits: invoices, notices, copies, e-invoices")
    deliver.add_argument("--resend", default="", metavar="INVOICE", help="send a copy of the mail of this invoice, once a day and address")
    deliver.add_argument("--to", default="", metavar="ADDRESS", help="where the copy goes (default: the billing addresses of its payer)")
    deliver.add_argument("--by", default="", metavar="NAME", help="who asks for the copy")
    deliver.add_argument("--on", type=_day, help="the day of the copy (default: today)")


def _month(text: str) -> Period:
    try:
        return Period.month(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day; write it as 2026-10-28") from None


def _line(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a line; the first line of an invoice is 1")
    return int(text)


def _movement(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) == 0 or len(text) > DIGITS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a movement; its number stands in unmatched.csv")
    return int(text)


def _order(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) == 0 or len(text) > DIGITS:
        raise argparse.ArgumentTypeError(f"{text!r} is not an order; `billing suspensions` lists them")
    return int(text)


def _words(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty; say in a few words why")
    return text.strip()


def _payers(text: str) -> list[str]:
    return [payer.strip() for payer in text.split(",") if payer.strip()]


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        raise argparse.ArgumentTypeError(f"{text!r} is not an amount; write it as 12.50")
    return amount
