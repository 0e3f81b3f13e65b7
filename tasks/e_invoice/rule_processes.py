"""The processes that rules run in: spawned, kept while this process lives because compiling the rules takes a second, gone when it goes."""

import multiprocessing
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.util import Finalize

from tasks.e_invoice.finding import Look
from tasks.e_invoice.looking import end_with_parent, look_into
from tasks.ledger import Stopped

BATCH = 50  # documents looked into together: a fraction of a second
SECONDS_AT_MOST = 900  # for a batch; a document with thousands of lines takes seconds

_lock = threading.Lock()
_pools: dict[int, ProcessPoolExecutor] = {}


def looks(files: Iterable[tuple[str, bytes]], *, peppol: str, workers: int) -> Iterator[Look]:
    """What was found in each file, in their order; few batches are in memory at a time.

    Raises Stopped when a process is killed or does not answer, RulesRefused when the Peppol rules cannot be compiled.
    """
    waiting: deque[Future[list[Look]]] = deque()
    try:
        for batch in _batches(files):
            waiting.append(_pool(workers).submit(look_into, batch, peppol))
            if len(waiting) > workers:
                yield from waiting.popleft().result(SECONDS_AT_MOST)
        while waiting:
            yield from waiting.popleft().result(SECONDS_AT_MOST)
    except (BrokenProcessPool, TimeoutError) as error:
        _forget(workers)
        what = "does not answer" if isinstance(error, TimeoutError) else "was killed, most likely for want of memory"
        raise Stopped(f"a process that checks e-invoices {what}; nothing was sent: set workers = 1 and run it again") from error
    finally:
        for left in waiting:
            left.cancel()


def _batches(files: Iterable[tuple[str, bytes]]) -> Iterator[list[tuple[str, bytes]]]:
    batch: list[tuple[str, bytes]] = []
    for file in files:
        batch.append(file)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _pool(workers: int) -> ProcessPoolExecutor:
    """The processes, started one by one as there is work for them."""
    with _lock:
        if workers not in _pools:
            # Spawned, not forked: Saxon wants the main thread of a process that no thread of ours has touched.
            spawn = multiprocessing.get_context("spawn")
            _pools[workers] = ProcessPoolExecutor(workers, mp_context=spawn, initializer=end_with_parent)
            # A process that multiprocessing started waits for its children before the pool hears that it ends: so they go first.
            Finalize(None, _forget, args=(workers,), exitpriority=10)
        return _pools[workers]


def _forget(workers: int) -> None:
    """Kill the processes, so that the next look starts new ones."""
    with _lock:
        pool = _pools.pop(workers, None)
    if pool is None:
        return
    for process in list((pool._processes or {}).values()):
        process.kill()
    pool.shutdown(wait=False, cancel_futures=True)
