"""Work done ahead: one stage of a stream runs in its own thread while the next one uses what it has made."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import TypeVar, cast

Item = TypeVar("Item")
_END = object()


@contextmanager
def ahead(items: Generator[Item, None, None], depth: int = 1) -> Iterator[Iterator[Item]]:
    """The items, made in a thread that is at most `depth` of them ahead; an error there is raised here.

    When the block is left early the thread stops after the item it is making, and the generator is closed.
    """
    made: queue.Queue[object] = queue.Queue(maxsize=depth)
    stop = threading.Event()
    thread = threading.Thread(target=_make, args=(items, made, stop), name="ahead", daemon=True)
    thread.start()
    try:
        yield _taken(made)
    finally:
        stop.set()
        while thread.is_alive():
            _drain(made)
            thread.join(timeout=0.05)


class _Failed:
    def __init__(self, error: BaseException) -> None:
        self.error = error


def _make(items: Generator[Item, None, None], made: queue.Queue[object], stop: threading.Event) -> None:
    try:
        for item in items:
            made.put(item)
            if stop.is_set():
                break
        items.close()
    except BaseException as error:  # it is raised again where the items are used
        made.put(_Failed(error))
    else:
        made.put(_END)


def _taken(made: queue.Queue[object]) -> Iterator[Item]:
    while (item := made.get()) is not _END:
        if isinstance(item, _Failed):
            raise item.error
        yield cast(Item, item)


def _drain(made: queue.Queue[object]) -> None:
    try:
        while True:
            made.get_nowait()
    except queue.Empty:
        pass


__all__ = ["ahead"]
