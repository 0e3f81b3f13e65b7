"""How far a long step is, looked at from beside it every few seconds, so that the step itself need not tell."""

import contextvars
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.exc import SQLAlchemyError

import sql
from tasks.artifacts import Progress, in_a_run
from tasks.ledger import Run
from tasks.outside import Outside
from tasks.store import StoreFailed

log = logging.getLogger(__name__)

LOOK_EVERY_S = 5.0


@dataclass(frozen=True, slots=True)
class Reach:
    """How many are done, of how many."""

    done: int
    of: int


@contextmanager
def watched(run: Run, what: str, look: Callable[[], Reach]) -> Iterator[None]:
    """Show the progress of the work inside as an artifact, named for `what` ("invoices delivered"). A look that fails is left out."""
    if not in_a_run():
        yield
        return
    progress, over = Progress(f"progress-{what}-{run.name}"), threading.Event()

    def show_reach() -> None:
        try:
            reach = look()
            if reach.of:
                progress.at(min(reach.done, reach.of), reach.of, what)
        except (SQLAlchemyError, StoreFailed, OSError) as error:
            log.debug("the progress of %s could not be looked at: %s", what, error)

    def watch() -> None:
        while not over.wait(LOOK_EVERY_S):
            show_reach()

    watcher = threading.Thread(target=contextvars.copy_context().run, args=(watch,), name=f"progress of {what}", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
        show_reach()


def rated(outside: Outside, run: Run) -> Reach:
    """How many usage records of the run are rated and stored; records after the cut-off are never among them."""
    with outside.engine.connect() as conn:
        found = sql.one(conn, Reach, "progress/rating", run_id=run.run_id)
    assert found is not None
    return found


def delivered(outside: Outside, run: Run, purpose: Literal["invoice", "e_invoice"]) -> Reach:
    """How many invoices of the run, or e-invoices, left the outbox."""
    with outside.engine.connect() as conn:
        found = sql.one(conn, Reach, "progress/delivery", run_id=run.run_id, purpose=purpose)
    assert found is not None
    return found


def rendered(outside: Outside, run: Run) -> Reach:
    """How many invoices of the run have their PDF in the store; those of the orders runs of the month lie beside them."""
    with outside.engine.connect() as conn:
        issued = int(sql.scalar(conn, "progress/issued", run_id=run.run_id))
    there = sum(path.endswith(".pdf") for path in outside.out.paths(f"{run.folder}/invoices"))
    return Reach(there, issued)
