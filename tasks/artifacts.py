"""What a run shows in the Prefect pages: markdown and progress. Outside a Prefect run nothing happens."""

import logging
import re
from collections.abc import Callable
from uuid import UUID

import httpx
from prefect.artifacts import create_markdown_artifact, create_progress_artifact, update_progress_artifact
from prefect.context import FlowRunContext, TaskRunContext
from prefect.exceptions import PrefectException

log = logging.getLogger(__name__)

# A page that cannot be shown must never stop a close.
NOT_SHOWN = (httpx.HTTPError, PrefectException, OSError)


def in_a_run() -> bool:
    """Whether this code runs inside a Prefect flow or task run."""
    return FlowRunContext.get() is not None or TaskRunContext.get() is not None


def show(key: str, markdown: str, description: str | None = None) -> None:
    """Show a page; the next one with the same key is its next version."""
    if in_a_run():
        _shown(lambda: create_markdown_artifact(markdown, key=_key(key), description=description))


class Progress:
    """How far a long step is, as an artifact: made at the first figure, renewed at most every 5 %."""

    def __init__(self, key: str) -> None:
        self._key = _key(key)
        self._id: UUID | None = None
        self._shown_at = -5.0

    def at(self, done: int, of: int, what: str) -> None:
        """Show that `done` of `of` are ready; `what` names them: "12 of 60 invoices rendered"."""
        percent = round(100 * done / of, 1) if of else 100.0
        if not in_a_run() or (percent - self._shown_at < 5 and done < of) or percent == self._shown_at:
            return
        self._shown_at = percent
        description = f"{done:,} of {of:,} {what}".replace(",", " ")
        _shown(lambda: self._renew(percent, description))

    def _renew(self, percent: float, description: str) -> None:
        if self._id is None:
            self._id = create_progress_artifact(percent, key=self._key, description=description)  # type: ignore[assignment]
        else:
            update_progress_artifact(self._id, percent, description=description)


def _key(name: str) -> str:
    """Prefect takes small letters, digits and dashes."""
    return re.sub(r"[^a-z0-9-]+", "-", name.lower()).strip("-")


def _shown(create: Callable[[], object]) -> None:
    try:
        create()
    except NOT_SHOWN as error:
        log.warning("a page could not be shown in Prefect: %s", error)
