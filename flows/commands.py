"""What each command of `billing` does: calls a flow or a task and says the outcome in a few lines."""

import argparse
import os
import sys
from collections.abc import Callable
from datetime import datetime

import sql
from billing.dunning import PolicyError
from billing.period import BRUSSELS, Period
from tasks.database import DatabaseUnavailable
from tasks.ledger import Stopped, close_of
from tasks.outside import open_outside
from tasks.review import Answer, Choice
from tasks.settings import SettingsError
from tasks.store import StoreFailed

DONE, REFUSED, MISUSED = 0, 1, 2


def run(given: argparse.Namespace) -> int:
    """Run the command; returns the exit code, with the reason of a refusal on stderr."""
    try:
        return _COMMANDS[given.command](given) or DONE
    except (SettingsError, PolicyError) as error:
        return _say(str(error), MISUSED)
    except (Stopped, DatabaseUnavailable, StoreFailed) as error:
        return _say(str(error), REFUSED)


def _say(reason: str, code: int) -> int:
    print(f"billing: {reason}", file=sys.stderr)
    return code


def _import(_given: argparse.Namespace) -> None:
    from tasks.feed.importing import import_feed

    print(import_feed(open_outside()))


def _close(given: argparse.Namespace) -> None:
    if given.abandon:
        _abandon(given.period)
        return
    from flows.monthly_close import monthly_close

    outcome = _flow(monthly_close)(period=_month(given.period), on=given.on, approve=given.approve, from_step=given.from_step, by=given.by)
    print(outcome)


def _preview(given: argparse.Namespace) -> None:
    from flows.monthly_close import monthly_close

    print(_flow(monthly_close)(period=_month(given.period), on=given.on, mode="preview", payers=given.payers))


def _rerun(given: argparse.Namespace) -> None:
    from flows.rerun_step import rerun_step

    print(_flow(rerun_step)(period=_month(given.period), step=given.step))


def _abandon(period: Period) -> None:
    from tasks.runs import who
    from tasks.setting_aside import set_aside

    print(set_aside(open_outside(), period, by=who(), reason="billing close --abandon"))


def _review(given: argparse.Namespace) -> int:
    from tasks.review import by_hand

    choices: dict[Choice, object] = {"approve": given.approve, "reject": given.reject, "exclude": given.exclude}
    chosen = [choice for choice, is_given in choices.items() if is_given]
    outside = open_outside()
    if not chosen:
        print(by_hand.asked_and_decided(outside, given.period))
        return DONE
    if not given.by.strip():
        return _say("review: say who decides, with --by NAME", MISUSED)
    said = Answer(chosen[0], given.by, given.reject or given.comment, (given.exclude,) if given.exclude else ())
    print(by_hand.decide_by_hand(outside, given.period, said))
    return DONE


def _orders(given: argparse.Namespace) -> None:
    from flows.order_invoicing import order_invoicing

    print(_flow(order_invoicing)(on=given.on))


def _collect(given: argparse.Namespace) -> None:
    from flows.direct_debit import direct_debit

    print(_flow(direct_debit)(on=given.on, preview=given.preview))


def _dunning(given: argparse.Namespace) -> None:
    from flows.dunning import dunning

    print(_flow(dunning)(on=given.on, preview=given.preview, without_statements=given.without_statements, by=given.by))


def _snapshot(given: argparse.Namespace) -> None:
    from flows.inventory_snapshot import inventory_snapshot

    print(_flow(inventory_snapshot)(on=given.on))


def _flow(flow: object) -> Callable[..., object]:
    """The flow as a Prefect run when a Prefect API is configured, else the same function in this process."""
    if os.environ.get("PREFECT_API_URL") or os.environ.get("BILLING_PREFECT") == "1":
        return flow  # type: ignore[return-value]
    return flow.fn  # type: ignore[attr-defined,no-any-return]


def _pay(given: argparse.Namespace) -> None:
    from tasks.payments import pay

    print(pay(open_outside().engine, given.invoice, given.amount, given.on))


def _bank(given: argparse.Namespace) -> None:
    from flows.bank_import import bank_import

    print(_flow(bank_import)(on=given.on, accept_gap=given.accept_gap, accepted_by=given.by))


def _allocate(given: argparse.Namespace) -> int:
    if [bool(given.invoice), bool(given.on_account), given.aside].count(True) != 1:
        return _say("allocate: say one of INVOICE…, --on-account PAYER and --aside", MISUSED)
    from tasks.bank import by_hand
    from tasks.bank.worklist import write_worklist

    outside = open_outside()
    if given.invoice:
        print(by_hand.allocate(outside.engine, given.movement, given.invoice, by=given.by))
    elif given.on_account:
        print(by_hand.allocate_on_account(outside.engine, given.movement, given.on_account, by=given.by))
    else:
        print(by_hand.set_aside(outside.engine, given.movement, by=given.by))
    write_worklist(outside)
    return DONE


def _credit(given: argparse.Namespace) -> int:
    if given.amount is not None and len(set(given.line)) != 1:
        return _say("credit: --amount is an amount of one line; name it with --line N", MISUSED)
    if given.again and given.line:
        return _say("credit: --again makes the whole invoice anew; leave --line out", MISUSED)
    from flows.credit import credit

    print(
        _flow(credit)(
            invoice=given.invoice, reason=given.reason, on=given.on, lines=sorted(set(given.line)), amount=given.amount, again=given.again
        )
    )
    return DONE


def _set_off(given: argparse.Namespace) -> None:
    from tasks.deposits import set_off

    print(set_off(open_outside().engine, given.payer, given.amount, on=given.on, by=given.by, reason=given.reason))


def _write_off(given: argparse.Namespace) -> None:
    from tasks.take_back import take_back
    from tasks.write_off import write_off

    asked = {"on": given.on, "by": given.by, "reason": given.reason}
    if given.take_back:
        print(take_back(open_outside().engine, given.invoice, given.amount, **asked))
    else:
        print(write_off(open_outside().engine, given.invoice, given.amount, **asked))


def _books(given: argparse.Namespace) -> None:
    from flows.books import books

    print(_flow(books)(month=_month(given.month), on=given.on or datetime.now(BRUSSELS).date()))


def _statement(given: argparse.Namespace) -> None:
    from tasks.statement import as_csv, as_text, statement, write_pdf

    outside = open_outside()
    found = statement(outside.engine, given.payer, given.on, given.since, outside.settings)
    if given.pdf is not None:
        print(write_pdf(outside, found, given.pdf))
    else:
        print(as_csv(found) if given.csv else as_text(found))


def _disputes(given: argparse.Namespace) -> None:
    from tasks.disputes import as_csv, as_text, disputes_on

    day = given.on or datetime.now(BRUSSELS).date()
    rows = disputes_on(open_outside().engine, day)
    print(as_csv(rows) if given.csv else as_text(rows, day))


def _receivables(given: argparse.Namespace) -> None:
    from tasks.receivables import receivables

    print(receivables(open_outside(), given.on, given.statements))


def _bounced(given: argparse.Namespace) -> None:
    from tasks.bounces import book_bounce
    from tasks.copies import send_copies

    outside = open_outside()
    print(book_bounce(outside.engine, given.message_id, given.on, given.reason, given.address))
    send_copies(outside)


def _deliver(given: argparse.Namespace) -> None:
    from flows.deliver import deliver

    if not (given.period or given.resend or given.pending):
        raise Stopped("say what to deliver: a month, --resend INVOICE --by NAME, or --pending for all that waits")
    if (given.period is not None) + bool(given.resend) + given.pending > 1:
        raise Stopped("a month, --resend and --pending are three different things; give one of them")
    period = _month(given.period) if given.period else ""
    print(_flow(deliver)(period=period, resend=given.resend, to=given.to, by=given.by, on=given.on))


def _bounces(given: argparse.Namespace) -> None:
    from flows.bounces import bounces

    print(_flow(bounces)(on=given.on))


def _e_invoices(given: argparse.Namespace) -> None:
    from flows.e_invoices import e_invoices

    print(_flow(e_invoices)(again=given.again))


def _activation(given: argparse.Namespace) -> None:
    from tasks.activation import told, write_activations

    print(told(write_activations(open_outside(), given.on), given.on))


def _suspend(given: argparse.Namespace) -> None:
    from tasks.suspending import suspend

    print(suspend(open_outside().engine, given.end_client, given.starts_on, given.clause, given.note))


def _restore(given: argparse.Namespace) -> None:
    from tasks.suspending import restore

    print(restore(open_outside().engine, given.end_client, given.on))


def _suspensions(_given: argparse.Namespace) -> None:
    from tasks.suspension.deciding import listed

    print(listed(open_outside().engine))


def _approve_suspension(given: argparse.Namespace) -> None:
    from tasks.suspension.deciding import approve

    print(approve(open_outside().engine, given.order, by=given.by, on=given.on))


def _reject_suspension(given: argparse.Namespace) -> None:
    from tasks.suspension.deciding import reject

    print(reject(open_outside().engine, given.order, by=given.by, on=given.on, reason=given.reason))


def _acknowledge(given: argparse.Namespace) -> None:
    from tasks.suspension.acknowledging import acknowledge

    print(acknowledge(open_outside().engine, given.order, given.on))


def _contacts(given: argparse.Namespace) -> None:
    from tasks.suspension.contacts import contacts_of

    print(contacts_of(open_outside(), given.payer), end="")


def _quote(given: argparse.Namespace) -> None:
    from tasks.quote import quote

    outside = open_outside()
    with outside.engine.connect() as conn:
        newest = int(sql.scalar(conn, "runs/newest_import"))
    numbers = outside.settings.emergency_numbers
    call = (given.number, given.line, given.seconds, given.at)
    print("\n".join(quote(outside.engine, newest, *call, numbers, given.visited).explain()))


def _export(given: argparse.Namespace) -> None:
    from tasks.export import write_files

    outside = open_outside()
    run = close_of(outside.engine, given.period)
    if run is None:
        raise Stopped(f"{_month(given.period)} was never closed; `billing close {_month(given.period)}` closes it")
    print(write_files(outside, run))


def _explain(given: argparse.Namespace) -> None:
    from tasks.explain import explain

    print(explain(open_outside().engine, given.invoice, given.line))


def _audit(given: argparse.Namespace) -> int:
    from tasks.audit import audit

    found = audit(open_outside(), given.period)
    print(found)
    return REFUSED if found.findings else DONE


def _report(given: argparse.Namespace) -> None:
    from tasks.close_report import write_again

    print(write_again(open_outside(), given.period))


def _verify_summary(given: argparse.Namespace) -> int:
    from tasks.verify_summary import verify_summary

    found = verify_summary(open_outside(), given.period, given.end_client)
    print(found)
    return DONE if found.is_right else REFUSED


def _archive(given: argparse.Namespace) -> int:
    from tasks import archive

    outside = open_outside()
    if given.what == "make":
        print(archive.make(outside, given.period))
        return DONE
    findings = archive.verify(outside, given.period)
    for finding in findings:
        print(finding)
    wrong = f"findings: {len(findings)}" if findings else "nothing is missing, changed or besides"
    print(f"archive: {archive.held(outside, given.period)}, {wrong}")
    return REFUSED if findings else DONE


def _check_e_invoice(given: argparse.Namespace) -> int:
    from tasks.e_invoice.checked_files import check_files
    from tasks.settings import read_settings

    found = check_files(given.files, read_settings())
    print(found)
    return REFUSED if found.refused else DONE


def _status(_given: argparse.Namespace) -> None:
    from tasks.status import status

    print(status(open_outside().engine))


def _demo(given: argparse.Namespace) -> int:
    from flows.demo import demo

    return demo(given.folder, calls=given.calls, payers=given.payers, seed=given.seed)


def _ui(_given: argparse.Namespace) -> int:
    from tasks import cockpit

    return cockpit.main([])


def _month(period: Period) -> str:
    return f"{period.first:%Y-%m}"


_COMMANDS: dict[str, Callable[[argparse.Namespace], int | None]] = {
    "demo": _demo,
    "import": _import,
    "close": _close,
    "preview": _preview,
    "review": _review,
    "rerun": _rerun,
    "orders": _orders,
    "pay": _pay,
    "bank": _bank,
    "allocate": _allocate,
    "set-off": _set_off,
    "write-off": _write_off,
    "books": _books,
    "statement": _statement,
    "receivables": _receivables,
    "disputes": _disputes,
    "bounced": _bounced,
    "bounces": _bounces,
    "deliver": _deliver,
    "e-invoices": _e_invoices,
    "activation": _activation,
    "credit": _credit,
    "collect": _collect,
    "dunning": _dunning,
    "snapshot": _snapshot,
    "export": _export,
    "suspend": _suspend,
    "restore": _restore,
    "suspensions": _suspensions,
    "approve-suspension": _approve_suspension,
    "reject-suspension": _reject_suspension,
    "acknowledge": _acknowledge,
    "contacts": _contacts,
    "quote": _quote,
    "explain": _explain,
    "audit": _audit,
    "report": _report,
    "verify-summary": _verify_summary,
    "archive": _archive,
    "check-e-invoice": _check_e_invoice,
    "status": _status,
    "ui": _ui,
}
