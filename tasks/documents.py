"""The documents step: the PDF of every issued invoice and the monthly summaries that go with it, into the store."""

import hashlib
import logging
import multiprocessing
import re
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass

import sql
from reports.invoice_pdf import render
from reports.records import LineCalls
from reports.summary_pdf import render_summary
from reports.wording import WordingError
from tasks.document_records import InvoiceDocuments, basis_of, call_details, records
from tasks.ledger import Receipt, Run, Stopped
from tasks.outside import Outside
from tasks.store import Store

log = logging.getLogger(__name__)

BATCH = 200  # invoices drawn together: a few seconds of work for one process
COLUMNS = ("run_id", "invoice_id", "kind", "end_client_id", "path", "sha256", "size")
FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}")


@dataclass(frozen=True, slots=True)
class Written:
    """A document in the store, as the table `document` keeps it; `end_client_id` is "" for the invoice itself."""

    invoice_id: int
    kind: str
    end_client_id: str
    path: str
    sha256: str
    size: int


def stage(outside: Outside, run: Run) -> Receipt:
    """Draw the documents of the run's issued invoices and note each with its hash and size.

    Doing it again writes the same bytes under the same names and replaces the rows. Raises Stopped naming the invoice that cannot be
    drawn, and StoreFailed when the store cannot take a file.
    """
    with outside.engine.connect() as conn:
        invoice_ids = [int(row.invoice_id) for row in conn.execute(sql.statement("documents/invoice_ids"), {"run_id": run.run_id})]
    written = _draw_all(outside, run, invoice_ids)
    with outside.engine.begin() as conn:
        sql.run(conn, "documents/forget", run_id=run.run_id)
        rows = ((run.run_id, one.invoice_id, one.kind, one.end_client_id, one.path, one.sha256, one.size) for one in written)
        sql.copy_in(conn, "document", COLUMNS, rows)
    summaries = sum(one.kind == "summary" for one in written)
    receipt = Receipt({"invoices": len(written) - summaries, "summaries": summaries, "bytes": sum(one.size for one in written)})
    log.info("%s: drew %s", run.name, receipt)
    return receipt


def _draw_all(outside: Outside, run: Run, invoice_ids: Sequence[int]) -> list[Written]:
    batches = _batches(outside, run, invoice_ids)
    if outside.settings.workers == 1 or len(invoice_ids) <= BATCH:
        return [written for batch in batches for written in draw(batch, outside.out, run.folder)]
    return _draw_in_processes(batches, outside, run)


def _draw_in_processes(batches: Iterator[list[InvoiceDocuments]], outside: Outside, run: Run) -> list[Written]:
    """Draw in worker processes. Few batches wait at a time, so that memory does not grow with the size of the close."""
    written: list[Written] = []
    waiting: deque[Future[list[Written]]] = deque()
    workers = outside.settings.workers
    # Spawned, not forked: the caller may have threads and open connections, which a fork would share.
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        try:
            for batch in batches:
                waiting.append(pool.submit(draw, batch, outside.out, run.folder))
                if len(waiting) > workers:
                    written += waiting.popleft().result()
            while waiting:
                written += waiting.popleft().result()
        except BrokenProcessPool as error:
            raise Stopped("a process that draws documents was killed, most likely for want of memory; set workers = 1 and go on") from error
        finally:
            pool.shutdown(cancel_futures=True)
    return written


def _batches(outside: Outside, run: Run, invoice_ids: Sequence[int]) -> Iterator[list[InvoiceDocuments]]:
    """The records of the invoices, a batch at a time; the calls stream beside them in the same order."""
    calls = _Calls(call_details(outside.engine, run, outside.settings))
    with outside.engine.connect() as conn:
        basis = basis_of(conn, run)
        for first in range(0, len(invoice_ids), BATCH):
            batch = invoice_ids[first : first + BATCH]
            yield records(conn, run, batch, calls.through(batch[-1]), outside.settings, basis)


class _Calls:
    """The stream of calls, taken invoice by invoice."""

    def __init__(self, stream: Iterator[tuple[int, dict[str, list[LineCalls]]]]) -> None:
        self._stream = stream
        self._next = next(stream, None)

    def through(self, invoice_id: int) -> dict[int, dict[str, list[LineCalls]]]:
        """The calls of the invoices not taken yet, up to this one."""
        taken = {}
        while self._next is not None and self._next[0] <= invoice_id:
            taken[self._next[0]] = self._next[1]
            self._next = next(self._stream, None)
        return taken


def draw(batch: Sequence[InvoiceDocuments], out: Store, folder: str) -> list[Written]:
    """Draw and store the documents of a batch below `folder`. Raises Stopped naming the invoice that cannot be drawn."""
    written: list[Written] = []
    for one in batch:
        number = one.invoice.head.number
        try:
            written += _draw_one(one, out, folder)
        except (WordingError, ValueError, KeyError) as error:
            raise Stopped(f"invoice {number} cannot be drawn: {error}; mend that and run the close again") from error
    return written


def _draw_one(one: InvoiceDocuments, out: Store, folder: str) -> Iterator[Written]:
    number = one.invoice.head.number
    stored = out.write(f"{folder}/invoices/{file_name(number)}.pdf", render(one.invoice))
    yield Written(one.invoice_id, "invoice", "", stored.path, stored.sha256, stored.size)
    for summary, is_first in one.summaries:
        name = file_name(summary.end_client_id if is_first else f"{summary.end_client_id}-{number}")
        stored = out.write(f"{folder}/summaries/{name}.pdf", render_summary(summary))
        yield Written(one.invoice_id, "summary", summary.end_client_id, stored.path, stored.sha256, stored.size)


def file_name(text: str) -> str:
    """The text as a file name: itself when it is a plain one, else its plain characters and eight of its sha256, so that no two meet."""
    if FILE_NAME.fullmatch(text):
        return text
    plain = re.sub(r"[^A-Za-z0-9_-]+", "_", text).strip("_")[:60]
    return f"{plain or 'name'}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
