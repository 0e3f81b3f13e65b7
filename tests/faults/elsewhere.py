"""Work of a test done in a process of its own, which may be killed in the middle of it."""

import multiprocessing
from collections.abc import Callable

from tests.databases import locks_given_back

# Each start of a process would import Prefect and Great Expectations again; this one imports what it is told once, and forks.
SERVER = multiprocessing.get_context("forkserver")


def done_elsewhere(
    work: Callable[..., None], settings: dict[str, str], *arguments: object, patience_s: float, started: Callable[..., None] | None = None
) -> int:
    """The exit code of `work(settings, *arguments)` in a process of its own, negative for the signal that ended it.

    `started` is given the process once it runs. Returns when the database of the settings has its locks back.
    """
    process = SERVER.Process(target=work, args=(settings, *arguments))
    process.start()
    if started is not None:
        started(process)
    process.join(timeout=patience_s)
    assert process.exitcode is not None, f"it does not end in {patience_s} s"
    locks_given_back(settings["BILLING_DATABASE_URL"])
    return process.exitcode


__all__ = ["SERVER", "done_elsewhere"]
