"""The customer portal: publishes documents below a folder or URL under names nobody can guess, and an index for each payer.

A published document never changes: other content has another name. Names are in the database before anything is written and indexes
are derived from it, so publishing twice changes nothing.
"""

import hashlib
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

import sql
from tasks.ledger import Stopped
from tasks.outside import Outside
from tasks.portal_contents import document_name, documents_of, file_part, letter_name, letters_of_earlier_releases, reminder_name
from tasks.portal_index import read_index
from tasks.portal_names import Named, document_link, folder_of, named, portal_link
from tasks.settings import Settings
from tasks.store import Store

# Many servers list a folder that has no index: these have a blank one, or the names in them would be guessed by nobody and read by all.
BLANK_PAGES = ("documents/index.html", "payers/index.html", "index.html")
BLANK = b'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="robots" content="noindex, nofollow"><title>-</title></html>\n'


def open_portal(settings: Settings) -> Store:
    """Where the portal publishes from: the setting `portal`, else `portal` under `out`."""
    return Store(settings.portal or f"{settings.out.rstrip('/')}/portal")


def publish_invoices(outside: Outside, payer_id: str, invoice_ids: Sequence[int], delivery_ids: Sequence[int] = ()) -> None:
    """Publish the documents of invoices of a payer; `delivery_ids` are the deliveries that this settles.

    Raises Stopped for a document that is not the one that was drawn, StoreFailed when it cannot be read or published.
    """
    publish(outside, payer_id, {}, delivery_ids, invoice_ids)


def publish_for(outside: Outside, conn: Connection, invoice_id: int) -> str:
    """Publish the documents of one invoice, whatever the channel of its payer; returns the link to its index, "" without `portal_url`.

    What it does is committed by itself, not in the transaction of `conn`, from which the payer is read. Raises as `publish_invoices`.
    """
    payer_id = str(sql.scalar(conn, "portal/payer_of", invoice_id=invoice_id))
    publish_invoices(outside, payer_id, [invoice_id])
    with outside.engine.connect() as own:
        return portal_link(own, outside.settings, payer_id)


def publish(
    outside: Outside, payer_id: str, files: Mapping[str, bytes], delivery_ids: Sequence[int] = (), invoice_ids: Sequence[int] = ()
) -> None:
    """Write files of a payer (by the name he sees) and the documents of invoices, then his index, which settles deliveries.

    Killed anywhere and done again, everything has the names it had. Raises as `publish_invoices`.
    """
    portal = open_portal(outside.settings)
    with outside.engine.connect() as conn:
        contents = [*files.items(), *documents_of(outside, conn, payer_id, invoice_ids)]
        contents += letters_of_earlier_releases(outside, portal, conn, payer_id)
    by_hash = {hashlib.sha256(content).hexdigest(): (file, content) for file, content in contents}
    with outside.engine.begin() as conn:
        names = named(conn, payer_id, {document: file for document, (file, _) in by_hash.items()})
        folder = folder_of(conn, payer_id)
    for document, (_, content) in by_hash.items():
        _write_once(portal, names[document], content)
    with outside.engine.begin() as conn:
        sql.run(conn, "portal/lock", payer_id=payer_id)
        sql.run(conn, "portal/note_published", payer_id=payer_id, documents=list(by_hash))
        for delivery_id in delivery_ids:
            sql.run(conn, "delivery/settle", delivery_id=delivery_id, state="sent", tries=1, note="")
        index = read_index(conn, outside.settings, payer_id)
        portal.write(f"{folder}/index.json", index.as_json())
        portal.write(f"{folder}/index.html", index.as_html())
        _close_listings(portal)


def _close_listings(portal: Store) -> None:
    """Write the blank pages unless they are there, or the operator's own."""
    for path in BLANK_PAGES:
        if not portal.exists(path):
            portal.write(path, BLANK)


def _write_once(portal: Store, document: Named, content: bytes) -> None:
    """Write a document unless it is there. Raises Stopped when something else stands in its place."""
    if not portal.exists(document.path):
        portal.write(document.path, content)
    elif portal.read(document.path) != content:
        raise Stopped(f"{portal.url(document.path)} was changed after it was published; move it away, then run again")


__all__ = [
    "BLANK_PAGES",
    "document_link",
    "document_name",
    "file_part",
    "letter_name",
    "open_portal",
    "portal_link",
    "publish",
    "publish_for",
    "publish_invoices",
    "reminder_name",
]
