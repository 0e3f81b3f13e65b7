"""Posts over HTTPS to who takes them by machine: bounded as a whole, never redirected, tried again while the other side is not well.

The platform's webhook and the access point of e-invoices share this; what an answer means is theirs.
"""

import asyncio
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import TypeVar

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from tasks.settings import SettingsError

LONGEST_ANSWER = 64 * 1024  # bytes that are read of an answer
LONGEST_PAUSE_S = 60
NEVER_ARRIVED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.ProxyError)

Made = TypeVar("Made")


class TryAgain(Exception):
    """A try that may go better later, after `pause_s` where the other side says so; `arrived` is False when it surely got nothing."""

    def __init__(self, said: str, *, arrived: bool, pause_s: float = 0) -> None:
        super().__init__(said)
        self.arrived, self.pause_s = arrived, pause_s


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: its status, the text of its body up to the longest one that is read, and the pause that it asks for in seconds."""

    status: int
    text: str
    pause_s: float = 0


class Poster:
    """A client of one URL, to be used in a `with`; `whom` is what it is called in messages ("the platform").

    Its connection is kept from one post to the next. The whole post, from the name of the host to the last byte, takes at most
    `timeout_s`: a loop of its own ends it, since no timeout of single reads ends an answer that drips.
    """

    def __init__(self, whom: str, url: str, trust: ssl.SSLContext, timeout_s: float) -> None:
        self._whom, self._url, self._timeout_s = whom, url, timeout_s
        self._trust = trust
        self._runner = asyncio.Runner()
        self._client: httpx.AsyncClient | None = None

    def __enter__(self) -> "Poster":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._client is not None:
            self._runner.run(self._client.aclose())
        self._runner.close()

    def post(self, body: bytes, headers: Mapping[str, str]) -> Reply:
        """One try. Raises TryAgain when no whole answer came."""
        try:
            return self._runner.run(self._bounded(body, headers))
        except NEVER_ARRIVED as error:
            raise TryAgain(f"{self._whom} cannot be reached: {why(error)}", arrived=False) from error
        except (httpx.TimeoutException, TimeoutError) as error:
            raise TryAgain(f"{self._whom} did not answer within {self._timeout_s:g} s", arrived=True) from error
        except httpx.HTTPError as error:
            raise TryAgain(f"the connection to {self._whom} was lost: {why(error)}", arrived=True) from error

    async def _bounded(self, body: bytes, headers: Mapping[str, str]) -> Reply:
        # Half of the time for the connection: one that is not made is told from an answer that does not come.
        times = httpx.Timeout(self._timeout_s, connect=self._timeout_s / 2)
        self._client = self._client or httpx.AsyncClient(verify=self._trust, timeout=times, follow_redirects=False)
        async with (
            asyncio.timeout(self._timeout_s),
            self._client.stream("POST", self._url, content=body, headers={"Accept-Encoding": "identity", **headers}) as response,
        ):
            return Reply(response.status_code, await _text(response), _asked_pause(response.headers.get("Retry-After", "")))


def trusted(ca: str, setting: str) -> ssl.SSLContext:
    """What certificates of the file `ca` vouch for, "" = those of the system. Raises SettingsError naming the setting."""
    try:
        return ssl.create_default_context(cafile=ca or None)
    except OSError as error:  # ssl.SSLError is one
        raise SettingsError(f"{setting} = {ca!r}: holds no certificates that can be read; expected a PEM file") from error


def in_tries(once: Callable[[], Made], attempts: int, backoff_s: float, *, note: Callable[[TryAgain], None]) -> Made:
    """What `once` returns, called up to `attempts` times while it raises TryAgain, each time noted; raises the last one.

    The pause doubles from `backoff_s`, and is the one asked for where that is longer. Who asks for more than a minute is not waited for.
    """
    doubling = wait_exponential(multiplier=backoff_s, max=LONGEST_PAUSE_S)

    def noted() -> Made:
        try:
            return once()
        except TryAgain as error:
            note(error)
            raise

    return Retrying(
        stop=lambda state: stop_after_attempt(attempts)(state) or _asked(state) > LONGEST_PAUSE_S,
        wait=lambda state: max(doubling(state), _asked(state)),
        retry=retry_if_exception_type(TryAgain),
        reraise=True,
    )(noted)


def first_line(said: str) -> str:
    """The first line of an answer, short enough for a list, without what no terminal should print."""
    line = next((line for line in said.splitlines() if line.strip()), "")
    return "".join(letter for letter in line.strip() if letter.isprintable())[:200]


def why(error: Exception) -> str:
    """What an error says, or what it is called."""
    return first_line(str(error)) or type(error).__name__


def _asked(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    return error.pause_s if isinstance(error, TryAgain) else 0


async def _text(response: httpx.Response) -> str:
    """The answer, up to the longest one that is read."""
    found = b""
    async for piece in response.aiter_raw():
        found += piece
        if len(found) >= LONGEST_ANSWER:
            break
    return found[:LONGEST_ANSWER].decode("utf-8", "replace")


def _asked_pause(retry_after: str) -> float:
    """Seconds of a Retry-After, given as such or as a time; 0 for what says neither."""
    if retry_after.strip().isascii() and retry_after.strip().isdigit():
        return float(retry_after)
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return 0


__all__ = ["Poster", "Reply", "TryAgain", "first_line", "in_tries", "trusted", "why"]
