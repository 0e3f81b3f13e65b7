"""The documents step: the PDF and the e-invoice of every issued invoice, and the monthly summaries that go with it, into the store."""

import logging
import multiprocessing
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass

import sql
from reports.invoice_pdf import render
from reports.records import LineCalls
from reports.summary_pdf import render_summary
from reports.ubl import e_invoice
from reports.wording import WordingError
from tasks.document_records import InvoiceDocuments, basis_of, call_details, records
from tasks.ledger import Receipt, Run, Stopped
from tasks.outside import Outside
from tasks.store import Store, file_name

log = logging.getLogger(__name__)

BATCH = 200  # invoices drawn together: a few seconds of work for one process
COLUMNS = ("run_id", "invoice_id", "kind", "end_client_id", "path", "sha256", "size")


@dataclass(frozen=True, slots=True)
class Written:
    """A document in the store, as the table `document` keeps it; `end_client_id` is "" for the invoice itself and its e-invoice."""

    invoice_id: int
    kind: str
    end_client_id: str
    path: str
    sha256: str
    size: int


DrawBatch = Callable[[Sequence[InvoiceDocuments], Store, str], list[Written]]


def stage(outside: Outside, run: Run) -> Receipt:
    """Draw the documents of the run's issued invoices and note each with its hash and size.

    Doing it again writes the same bytes under the same names and replaces the rows. Raises Stopped naming the invoice that cannot be
    drawn, and StoreFailed when the store cannot take a file.
    """
    written = draw_all(outside, run)
    with outside.engine.begin() as conn:
        sql.run(conn, "documents/forget", run_id=run.run_id)
        rows = ((run.run_id, one.invoice_id, one.kind, one.end_client_id, one.path, one.sha256, one.size) for one in written)
        sql.copy_in(conn, "document", COLUMNS, rows)
    counted = Counter(one.kind for one in written)
    figures = {"invoices": counted["invoice"], "e-invoices": counted["e_invoice"], "summaries": counted["summary"]}
    receipt = Receipt({**figures, "bytes": sum(one.size for one in written)})
    log.info("%s: drew %s", run.name, receipt)
    return receipt


def draw_all(outside: Outside, run: Run) -> list[Written]:
    """Draw the documents of the run's issued invoices into the store `outside.out`; the ledger is not touched. Raises as `stage` does."""
    with outside.engine.connect() as conn:
        invoice_ids = [int(row.invoice_id) for row in conn.execute(sql.statement("documents/invoice_ids"), {"run_id": run.run_id})]
    return in_batches(outside, batches(outside, run, invoice_ids), draw, run.folder, few=len(invoice_ids) <= BATCH)


def in_batches(outside: Outside, made: Iterator[list[InvoiceDocuments]], draw_batch: DrawBatch, folder: str, *, few: bool) -> list[Written]:
    """Draw batches with `draw_batch` below `folder` of the store: in this process when there are `few` or one worker, else in processes."""
    if outside.settings.workers == 1 or few:
        return [written for batch in made for written in draw_batch(batch, outside.out, folder)]
    return _draw_in_processes(made, outside, draw_batch, folder)


def _draw_in_processes(made: Iterator[list[InvoiceDocuments]], outside: Outside, draw_batch: DrawBatch, folder: str) -> list[Written]:
    """Draw in worker processes. Few batches wait at a time, so that memory does not grow with the size of the close."""
    written: list[Written] = []
    waiting: deque[Future[list[Written]]] = deque()
    workers = outside.settings.workers
    # Spawned, not forked: the caller may have threads and open connections, which a fork would share.
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        try:
            for batch in made:
                waiting.append(pool.submit(draw_batch, batch, outside.out, folder))
                if len(waiting) > workers:
                    written += waiting.popleft().result()
            while waiting:
                written += waiting.popleft().result()
        except BrokenProcessPool as error:
            raise Stopped("a process that draws documents was killed, most likely for want of memory; set workers = 1 and go on") from error
        finally:
            pool.shutdown(cancel_futures=True)
    return written


def batches(outside: Outside, run: Run, invoice_ids: Sequence[int], *, drafts: bool = False) -> Iterator[list[InvoiceDocuments]]:
    """The records of the invoices given in order of id, or of `drafts`, a batch at a time; the calls stream beside them in that order."""
    calls = _Calls(call_details(outside.engine, run, outside.settings, invoice_ids if drafts else None))
    with outside.engine.connect() as conn:
        basis = basis_of(conn, run)
        for first in range(0, len(invoice_ids), BATCH):
            batch = invoice_ids[first : first + BATCH]
            yield records(conn, run, batch, calls.through(batch[-1]), outside.settings, basis, drafts=drafts)


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
    pdf, name = render(one.invoice), file_name(number)
    stored = out.write(f"{folder}/invoices/{name}.pdf", pdf)
    yield Written(one.invoice_id, "invoice", "", stored.path, stored.sha256, stored.size)
    stored = out.write(f"{folder}/invoices/{name}.xml", e_invoice(one.invoice, pdf=pdf, pdf_name=f"{name}.pdf"))
    yield Written(one.invoice_id, "e_invoice", "", stored.path, stored.sha256, stored.size)
    for summary, is_first in one.summaries:
        name = file_name(summary.end_client_id if is_first else f"{summary.end_client_id}-{number}")
        stored = out.write(f"{folder}/summaries/{name}.pdf", render_summary(summary))
        yield Written(one.invoice_id, "summary", summary.end_client_id, stored.path, stored.sha256, stored.size)
