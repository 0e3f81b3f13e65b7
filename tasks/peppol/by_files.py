"""E-invoices as files in a folder: `2026-000123.xml` and its envelope, answered by `2026-000123.receipt.json` beside them."""

import json
from collections.abc import Iterator
from types import TracebackType

from tasks.outside import Outside
from tasks.peppol.access_point import Answer
from tasks.peppol.envelope import EInvoice
from tasks.posting import first_line
from tasks.store import Store, StoreFailed

FOLDER = "peppol"
RECEIPT = ".receipt.json"


class Files:
    """A folder or fsspec URL that another system empties; without a setting, `peppol` below `out`. A file is whole or not there."""

    def __init__(self, outside: Outside) -> None:
        url = outside.settings.access_point_url
        self._store = Store(url or f"{outside.settings.out.rstrip('/')}/{FOLDER}")

    def __enter__(self) -> "Files":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Nothing is kept open."""

    def hand_over(self, e_invoice: EInvoice) -> Answer:
        """Write the e-invoice, then its envelope: who sees the envelope finds the e-invoice whole. Nothing is written over a receipt."""
        number = e_invoice.row.number
        try:
            if self._store.exists(number + RECEIPT):
                return self.receipt(number)
            self._store.write(f"{number}.xml", e_invoice.content)
            self._store.write(f"{number}.json", e_invoice.envelope_bytes())
        except StoreFailed as error:
            return Answer("unanswered", said=first_line(str(error)))
        return Answer("taken")

    def receipts(self) -> Iterator[str]:
        """The numbers that have a receipt, sorted."""
        for name in self._store.paths("."):
            if name.endswith(RECEIPT) and "/" not in name:
                yield name.removesuffix(RECEIPT)

    def forget(self, number: str) -> None:
        """Remove the receipt of an e-invoice, so that it is written again. Raises StoreFailed."""
        self._store.remove(number + RECEIPT)

    def receipt(self, number: str) -> Answer:
        """What the receipt of an e-invoice says; taken without a receipt, with words, when it cannot be read."""
        name = number + RECEIPT
        try:
            told = json.loads(self._store.read(name))
        except (ValueError, RecursionError, StoreFailed) as error:
            return Answer("taken", said=f"{name}: {first_line(str(error))}")
        state = told.get("state") if isinstance(told, dict) else None
        if state == "delivered":
            return Answer("taken", receipt=first_line(str(told.get("id") or state)))
        if state == "refused":
            return Answer("refused", said=first_line(str(told.get("reason") or "refused without a reason")))
        return Answer("taken", said=f"{name}: expected a state, delivered or refused")


__all__ = ["Files"]
