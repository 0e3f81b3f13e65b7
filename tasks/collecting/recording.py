"""The files of a day in the ledger: recorded whole before they are published, so that whatever ends the process there is one of each."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

import sql
from billing.collections import Scheme
from reports.figures import structured_reference
from tasks.collecting.file import Creditor, Transaction, direct_debit_file, message_id
from tasks.collecting.gathering import Collecting
from tasks.outside import Outside
from tasks.settings import Settings


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file as it is in the ledger, and where it goes in the store."""

    collection_no: int
    path: str
    content: bytes


def stage(conn: Connection, settings: Settings, on: date, collecting: Sequence[Collecting]) -> None:
    """Record the files of a day, one a scheme, in the place of those of attempts that were not accepted."""
    sql.run(conn, "collecting/forget_items")
    sql.run(conn, "collecting/forget")
    schemes: dict[Scheme, list[Collecting]] = defaultdict(list)
    for one in collecting:
        schemes[one.debit.mandate.scheme].append(one)
    for scheme, theirs in sorted(schemes.items()):
        _record(conn, settings, on, scheme, theirs)


def publish(outside: Outside, on: date) -> None:
    """Write the accepted files of a day into the store, and those of another day that never got there: the same bytes as ever."""
    with outside.engine.connect() as conn:
        files = sql.rows(conn, FileRow, "collecting/to_publish", made_on=on)
    for file in files:
        outside.out.write(file.path, bytes(file.content))
        with outside.engine.begin() as conn:
            sql.run(conn, "collecting/note_published", collection_no=file.collection_no)


def _record(conn: Connection, settings: Settings, on: date, scheme: Scheme, collecting: Sequence[Collecting]) -> None:
    collected_on = collecting[0].debit.collected_on
    content = direct_debit_file(_creditor(settings), scheme, collected_on, on, [_transaction(one) for one in collecting])
    collection_no = sql.scalar(
        conn,
        "collecting/record",
        collected_on=collected_on,
        scheme=scheme,
        made_on=on,
        message_id=message_id(collected_on, scheme, on),
        path=f"{on:%Y-%m}/collections/{on}-{scheme}.xml",
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
    )
    sql.write_each(
        conn,
        "collecting/record_item",
        [
            {
                "collection_no": collection_no,
                "invoice_id": one.owed.invoice_id,
                "mandate_id": one.debit.mandate.mandate_id,
                "sequence": one.debit.sequence,
                "iban": one.debit.mandate.iban,
                "amount": one.debit.amount,
                "end_to_end_id": one.owed.number,
            }
            for one in collecting
        ],
    )


def _creditor(settings: Settings) -> Creditor:
    return Creditor(settings.seller_name, settings.seller_iban, settings.seller_bic, settings.seller_creditor_id)


def _transaction(one: Collecting) -> Transaction:
    """The end-to-end id is the number of the invoice, so that a return names it."""
    mandate = one.debit.mandate
    return Transaction(
        end_to_end_id=one.owed.number,
        amount=one.debit.amount,
        sequence=one.debit.sequence,
        mandate_id=mandate.mandate_id,
        signed_on=mandate.signed_on,
        iban=mandate.iban,
        bic=mandate.bic,
        name=mandate.holder or one.owed.name,
        remittance=structured_reference(one.owed.structured_reference),
    )


__all__ = ["publish", "stage"]
