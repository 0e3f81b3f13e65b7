"""The delivery step: each issued invoice of a run goes out once, by mail or on the portal (CG-2.b).

First the outbox is recorded and committed, then the pending ones are sent, each settled right after its own answer. So whatever ends
the process, running the step again goes on where it stopped. Rows of this step are never deleted: what was sent was sent.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import sql
from billing.clause import carries_out
from tasks import peppol
from tasks.copies import send_copies, try_fallback, try_fallbacks
from tasks.going_on import GoingOn
from tasks.invoice_mails import Files, PendingInvoice, pending_mails, send_mails
from tasks.ledger import Receipt, Run
from tasks.message import domain_of
from tasks.outside import Outside
from tasks.portal import open_portal, publish_invoices
from tasks.portal_notices import notify

log = logging.getLogger(__name__)

PATIENCE = 3  # payers in a row that nothing can be published for; then the portal is down


@dataclass(frozen=True, slots=True)
class FailedDelivery:
    """An invoice that could not be delivered, and why."""

    number: str
    payer_id: str
    recipients: str
    reason: str


@dataclass(frozen=True, slots=True)
class Totals:
    """What became of the invoices of a run."""

    mailed: int
    published: int
    failed: int
    second: int
    pending: int


def stage(outside: Outside, run: Run) -> Receipt:
    """Record the outbox, send what is pending, try the second address of payers nobody else took it for; return what became of it all.

    A mail server, a portal or an access point that is down holds back what goes by it alone, and a document that is spoiled itself.
    Once all else has left, raises MailUnavailable when the mail server cannot be used (what was sent stays sent, the rest stays
    pending), StoreFailed when a document cannot be read or published, Stopped for one that is not as it was drawn. Raises Stopped at
    once for an invoice without its PDF.
    """
    pending, files = record(outside, run)
    peppol.record(outside, run)
    e_invoices: Mapping[str, int] = {}
    parts = GoingOn()
    with parts.past():
        _publish_all(outside, [each for each in pending if each.channel == "portal"])
    with parts.past():
        send_mails(outside, [each for each in pending if each.channel == "email"], files)
    try_fallbacks(outside, run)
    with parts.past():
        e_invoices = peppol.publish(outside, run)
    for send_more in (send_copies, notify):
        if not parts.mail_is_down:
            with parts.past():
                send_more(outside, run)
    parts.end()
    return _receipt(outside, run, e_invoices)


@carries_out("CG-2.b")
def record(outside: Outside, run: Run) -> tuple[list[PendingInvoice], Files]:
    """Record what is not recorded yet, commit, and return what is pending with its documents by invoice_id."""
    domain, portal = domain_of(outside.settings.mail_from), open_portal(outside.settings).root
    with outside.engine.begin() as conn:
        sql.run(conn, "delivery/record_invoices", run_id=run.run_id, domain=domain, portal=portal)
        sql.run(conn, "delivery/readdress_failed", run_id=run.run_id)
    with outside.engine.begin() as conn:
        return pending_mails(conn, "invoice", run.run_id)


def failures(outside: Outside, run: Run) -> list[FailedDelivery]:
    """The invoices of the run that could not be delivered, in the order of their numbers."""
    with outside.engine.connect() as conn:
        return sql.rows(conn, FailedDelivery, "delivery/failed", run_id=run.run_id)


def _publish_all(outside: Outside, rows: Sequence[PendingInvoice]) -> None:
    """Publish payer by payer, each settled when its files and its index are there. What one cannot do is raised after the others."""
    payers = GoingOn(PATIENCE)
    for payer_id, theirs in groupby(sorted(rows, key=lambda row: row.payer_id), key=lambda row: row.payer_id):
        invoices = list(theirs)
        with payers.past():
            publish_invoices(outside, payer_id, [row.invoice_id for row in invoices], [row.delivery_id for row in invoices])
    payers.end()


def _receipt(outside: Outside, run: Run, e_invoices: Mapping[str, int]) -> Receipt:
    with outside.engine.connect() as conn:
        totals = sql.one(conn, Totals, "delivery/totals", run_id=run.run_id)
    assert totals is not None
    figures = {
        "mailed": totals.mailed,
        "to a second address": totals.second,
        "on the portal": totals.published,
        "failed": totals.failed,
        **e_invoices,
    }
    for failed in failures(outside, run):
        log.warning("invoice %s could not be delivered to payer %s; correct its addresses in the feed", failed.number, failed.payer_id)
    return Receipt({name: count for name, count in figures.items() if count})


__all__ = ["FailedDelivery", "failures", "record", "stage", "try_fallback"]
