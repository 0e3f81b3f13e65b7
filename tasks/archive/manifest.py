"""The manifest of a run or of the letters of a day: its documents with amounts and hashes, the same bytes whenever it is made."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import PurePosixPath
from typing import TypeAlias

from billing.money import ZERO
from tasks.ledger import Run
from tasks.settings import Settings
from tasks.store import Store, file_name

Entry: TypeAlias = dict[str, object]
SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class InvoiceDocument:
    """A document of an invoice: its kind, the invoice and its amounts in EUR, where the store has it, hash and bytes."""

    document: str
    number: str
    kind: str
    payer_id: str
    end_client_id: str
    issued_on: date
    net: Decimal
    vat: Decimal
    gross: Decimal
    path: str
    sha256: str
    size: int

    @property
    def name(self) -> str:
        """As people call it: `invoice 2026-000123`, `summary 2026-000123 E17`."""
        return " ".join(filter(None, (self.document.replace("_", "-"), self.number, self.end_client_id)))

    def entry(self) -> Entry:
        """What the manifest says of it."""
        return {
            "document": self.document,
            "number": self.number,
            "kind": self.kind,
            "payer_id": self.payer_id,
            "end_client_id": self.end_client_id,
            "issued_on": str(self.issued_on),
            "net": str(self.net),
            "vat": str(self.vat),
            "gross": str(self.gross),
            "path": self.path,
            "sha256": self.sha256,
            "size": self.size,
        }


@dataclass(frozen=True, slots=True)
class LetterDocument:
    """A letter about what is late: to whom, of which level, what it asks in EUR, where the store has its PDF, and the hash of that."""

    notice_id: int
    payer_id: str
    level: int
    issued_on: date
    open_amount: Decimal
    path: str
    sha256: str

    @property
    def name(self) -> str:
        """As people call it."""
        return f"letter of level {self.level} of {self.issued_on} to {self.payer_id}"

    def entry(self) -> Entry:
        """What the manifest says of it."""
        return {
            "document": "letter",
            "payer_id": self.payer_id,
            "level": self.level,
            "issued_on": str(self.issued_on),
            "open_amount": str(self.open_amount),
            "path": self.path,
            "sha256": self.sha256,
        }


Document: TypeAlias = InvoiceDocument | LetterDocument


@dataclass(frozen=True, slots=True)
class DoneRun:
    """A run that is done, and whether it has a manifest."""

    run_id: int
    is_archived: bool


def open_archive(settings: Settings) -> Store:
    """Where every document is kept: the setting `archive`, else `archive` under `out`."""
    return Store(settings.archive or f"{settings.out.rstrip('/')}/archive")


def kept_path(sha256: str, path: str) -> str:
    """Where the archive keeps a content: `sha256/ab/abcd….pdf`, the ending that of its path in the store."""
    return f"sha256/{sha256[:2]}/{sha256}{PurePosixPath(path).suffix}"


def path_of_run(run: Run) -> str:
    """Where the manifest of a run is; that of a credit has the number of the run, since an invoice may be credited twice."""
    name = f"{run.kind.replace('_', '-')}-{run.of}"
    return f"manifests/{file_name(f'{name}-run-{run.run_id}' if run.kind == 'credit' else name)}.json"


def path_of_letters(day: date, number: int) -> str:
    """Where the `number`-th manifest of the letters of a day is, from 1: letters that left later that day get one of their own."""
    return f"manifests/letters-{day}.json" if number == 1 else f"manifests/letters-{day}-{number}.json"


def manifest_bytes(name: str, documents: Sequence[Document]) -> bytes:
    """The manifest as JSON, an entry a line: what it is of, how many documents, the sums of its invoices, each document."""
    invoices = [one for one in documents if isinstance(one, InvoiceDocument) and one.document == "invoice"]
    head = {"of": name, "documents": len(documents)}
    if invoices:
        head |= {what: str(sum((getattr(one, what) for one in invoices), ZERO)) for what in ("net", "vat", "gross")}
    lines = ",\n".join(_json(one.entry()) for one in documents)
    return f'{_json(head)[:-1]}, "entries": [\n{lines}\n]}}\n'.encode()


def read_entries(content: bytes) -> list[Entry] | None:
    """The entries of a manifest; None when it is not one."""
    try:
        entries = json.loads(content)["entries"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return entries if isinstance(entries, list) and all(map(_is_entry, entries)) else None


def _is_entry(one: object) -> bool:
    """Whether it can be an entry. Its path must be printable: the ending of it goes to the disk, and all of it into what is found."""
    if not isinstance(one, dict) or SHA256.fullmatch(str(one.get("sha256"))) is None:
        return False
    path = one.get("path")
    return isinstance(path, str) and path.isprintable()


def _json(what: Entry) -> str:
    return json.dumps(what, ensure_ascii=False)


__all__ = [
    "Document",
    "DoneRun",
    "Entry",
    "InvoiceDocument",
    "LetterDocument",
    "kept_path",
    "manifest_bytes",
    "open_archive",
    "path_of_letters",
    "path_of_run",
    "read_entries",
]
