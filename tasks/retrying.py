"""Which failures are worth another attempt: those of the way to a database, a store or a mail server, never those of a rule."""

import errno
import logging
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import asyncpg
import psycopg
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter

from tasks.ledger import Stopped

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

RETRIES = 3
BACKOFF_S = 2.0
JITTER_S = 1.0

# A person must act on these; seconds change nothing.
LASTING = frozenset(
    {errno.ENOENT, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EISDIR, errno.ENOTDIR, errno.EEXIST}
)
TRANSPORT = (OperationalError, InterfaceError, psycopg.OperationalError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError)


def is_transport(error: BaseException | None) -> bool:
    """Whether trying again in some seconds may help: connection lost, database restarting, store or mail server not answering."""
    if error is None or isinstance(error, Stopped):
        return False
    if isinstance(error, TRANSPORT) or type(error).__name__ == "MailUnavailable":
        return True
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    if isinstance(error, OSError):
        return error.errno not in LASTING
    return is_transport(error.__cause__)


def with_retries(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Do the work, again after a pause that doubles while the way is down; raises what the last attempt raised."""
    attempts = Retrying(
        stop=stop_after_attempt(RETRIES + 1),
        wait=wait_exponential_jitter(initial=BACKOFF_S, jitter=JITTER_S),
        retry=retry_if_exception(is_transport),
        before_sleep=_say,
        reraise=True,
    )
    return attempts(work, *args, **kwargs)


def _say(attempt: RetryCallState) -> None:
    pause = attempt.next_action.sleep if attempt.next_action else 0.0
    reason = attempt.outcome.exception() if attempt.outcome else None
    log.warning("attempt %d failed: %s; trying again in %.0f s", attempt.attempt_number, _first_line(reason), pause)


def _first_line(error: BaseException | None) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
