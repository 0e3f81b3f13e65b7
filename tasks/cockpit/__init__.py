"""`billing ui`: the whole office of a close on one machine, with one command; Ctrl-C stops all of it."""

import fcntl
import json
import logging
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from tasks.cockpit.environment import Place, place_of
from tasks.cockpit.supervisor import Supervisor
from tasks.settings import read_settings

DONE = 0


class _Running(Exception):
    """A cockpit of this folder runs already; the message says where."""


def main(_arguments: Sequence[str] = ()) -> int:
    """Start, print the addresses, stay until Ctrl-C or SIGTERM; returns the exit code. Raises Stopped when it cannot start."""
    logging.getLogger("tasks.cockpit").setLevel(logging.WARNING)
    settings = read_settings()
    place = place_of(settings)
    try:
        with _only_here(place):
            return _run(Supervisor(settings, place, _say), place)
    except _Running as running:
        _say(str(running))
        return DONE


def _run(supervisor: Supervisor, place: Place) -> int:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        supervisor.stopped.set()

    for sent in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sent, stop)
    try:
        supervisor.start()
        if not supervisor.stopped.is_set():
            _say(_addresses(place))
        supervisor.watch()
    finally:
        _say("stopping …")
        supervisor.stop()
        _say("stopped")
    return DONE


def _addresses(place: Place) -> str:
    return (
        f"\nRuns and forms  {place.ui}/v2/deployments"
        f"\nResults         {place.reports}  (months: reports, invoices, journal, checks)"
        f"\nLogs            {place.state}"
        f"\n\nStart a close: {place.ui}/v2/deployments, monthly-close, Run; or `billing close 2026-10`. Ctrl-C stops everything."
    )


@contextmanager
def _only_here(place: Place) -> Iterator[None]:
    """Hold this folder's cockpit, or raise _Running; the lock goes with the process whatever ends it."""
    place.state.mkdir(parents=True, exist_ok=True)
    with (place.state / "cockpit.lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            where = json.loads(lock.read() or "{}")
            raise _Running(f"it runs already: Prefect {where.get('ui', '')}, results {where.get('reports', '')}") from None
        lock.truncate(0)
        lock.write(json.dumps({"ui": place.ui, "reports": place.reports}))
        lock.flush()
        yield


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
