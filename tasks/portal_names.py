"""Names on the portal that nobody can guess: of the folder of a payer and of each of its documents, kept in the database.

`payers/<random>/index.html` is the index of a payer, `documents/<random>/2026-000123.pdf` a document: neither leads to the other.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from sqlalchemy import Connection

import sql
from tasks.settings import Settings

FOLDER = ""  # stands for the folder of the payer where a document has its sha256
RANDOM_BYTES = 18  # 144 bits: as long as a name of 24 characters


@dataclass(frozen=True, slots=True)
class Named:
    """The random name of a document, by its sha256; `file` is the name that a person sees, of the folder ""."""

    document: str
    name: str
    file: str
    is_published: bool

    @property
    def path(self) -> str:
        """Where it lies, relative to the portal."""
        return document_path(self.name, self.file)


def document_path(name: str, file: str) -> str:
    """Where a document of a random name lies, relative to the portal."""
    return f"documents/{name}/{file}"


def folder_path(name: str) -> str:
    """Where the index of a payer lies, relative to the portal, by the random name of its folder."""
    return f"payers/{name}"


def named(conn: Connection, payer_id: str, files: Mapping[str, str]) -> dict[str, Named]:
    """Returns the names of documents (sha256 → name that a person sees) by sha256; those without one get theirs in this transaction.

    Commit before anything is written under them: so that a process that is killed finds them again.
    """
    sql.write_each(
        conn,
        "portal/add_name",
        [
            {"payer_id": payer_id, "document": document, "name": secrets.token_urlsafe(RANDOM_BYTES), "file": file}
            for document, file in sorted(files.items())
        ],
    )
    return {one.document: one for one in _names(conn, payer_id, files)}


def folder_of(conn: Connection, payer_id: str) -> str:
    """Returns the folder of a payer, relative to the portal; its name is made in this transaction when there is none."""
    found = _names(conn, payer_id, (FOLDER,)) or named(conn, payer_id, {FOLDER: ""}).values()
    return folder_path(next(iter(found)).name)


def portal_link(conn: Connection, settings: Settings, payer_id: str) -> str:
    """Returns where a payer finds its documents, for a mail to it alone; "" when the setting `portal_url` is empty.

    The name of the folder is made in this transaction when there is none: commit before the link leaves.
    """
    return link_to(settings, f"{folder_of(conn, payer_id)}/index.html") if settings.portal_url else ""


def document_link(conn: Connection, settings: Settings, payer_id: str, sha256: str) -> str:
    """Returns where a payer finds a document by its sha256; "" when it is not published, or the setting `portal_url` is empty."""
    found = [one for one in _names(conn, payer_id, (sha256,)) if one.is_published]
    return link_to(settings, found[0].path) if found and settings.portal_url else ""


def link_to(settings: Settings, path: str) -> str:
    """Returns the URL of a path of the portal."""
    return f"{settings.portal_url.rstrip('/')}/{quote(path)}"


def _names(conn: Connection, payer_id: str, documents: Iterable[str]) -> list[Named]:
    return sql.rows(conn, Named, "portal/names", payer_id=payer_id, documents=list(documents))


__all__ = ["Named", "document_link", "document_path", "folder_of", "folder_path", "link_to", "named", "portal_link"]
