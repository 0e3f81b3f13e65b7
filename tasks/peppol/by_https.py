"""E-invoices posted to an access point: each under its idempotency key, tried again while the access point is not well."""

import json
import logging
from dataclasses import replace
from types import TracebackType

from tasks.peppol.access_point import Answer
from tasks.peppol.envelope import EInvoice
from tasks.posting import Poster, Reply, TryAgain, first_line, in_tries, trusted
from tasks.settings import Settings

log = logging.getLogger(__name__)

WHOM = "the access point"
# Not of this e-invoice but of how the access point is set up: it knows us not, it is not there, or it is elsewhere.
SHUT = frozenset({401, 402, 403, 404, 405, 407, 410})
# 408 and 425: not now; 409: another post under the same key is not through; 429: too many.
LATER = frozenset({408, 409, 425, 429})


class Https:
    """The access point of the settings, to be used in a `with`: its connection is kept from one e-invoice to the next."""

    def __init__(self, settings: Settings) -> None:
        self._token = settings.access_point_token.get_secret_value()
        self._attempts, self._backoff_s = settings.access_point_attempts, float(settings.access_point_backoff_s)
        trust = trusted(settings.access_point_ca, "access_point_ca")
        self._poster = Poster(WHOM, settings.access_point_url, trust, float(settings.access_point_timeout_s))

    def __enter__(self) -> "Https":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._poster.__exit__(kind, error, trace)

    def hand_over(self, e_invoice: EInvoice) -> Answer:
        """Post it, as often as the settings say while the access point does not answer."""
        failures: list[TryAgain] = []

        def note(error: TryAgain) -> None:
            failures.append(error)
            log.warning("e-invoice %s, try %d: %s", e_invoice.row.number, len(failures), error)

        headers = self._headers(e_invoice)
        try:
            answer = in_tries(lambda: answered(self._poster.post(e_invoice.content, headers)), self._attempts, self._backoff_s, note=note)
        except TryAgain as error:
            return Answer("unanswered", len(failures), said=str(error))
        return replace(answer, tries=len(failures) + 1)

    def _headers(self, e_invoice: EInvoice) -> dict[str, str]:
        told = e_invoice.envelope()
        return {
            "Authorization": f"Bearer {self._token}",
            "Content-Type": "application/xml; charset=utf-8",
            "Idempotency-Key": told["idempotency_key"],
            "X-Document-Number": told["number"],
            "X-Sender": told["sender"],
            "X-Receiver": told["receiver"],
            "X-Document-Type": told["document_type"],
            "X-Process": told["process"],
            "X-Content-SHA256": told["sha256"],
        }


def answered(reply: Reply) -> Answer:
    """What an answer means. Raises TryAgain where another try may help."""
    said = f"{WHOM} answers {reply.status}: {_reason(reply.text)}".removesuffix(": ")
    if reply.status >= 500 or reply.status in LATER:
        raise TryAgain(said, arrived=True, pause_s=reply.pause_s)
    if 200 <= reply.status < 300:
        return Answer("taken", receipt=_told(reply.text, "id") or "taken")
    return Answer("shut" if reply.status < 400 or reply.status in SHUT else "refused", said=said)


def _reason(text: str) -> str:
    """Why, in the words of the answer: of its JSON where it has them, else its first line."""
    return _told(text, "reason", "detail", "message", "error", "title") or first_line(text)


def _told(text: str, *names: str) -> str:
    """The first of these members of a JSON object that is a text or a number, "" when there is none."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    found = (told.get(name) for name in names) if isinstance(told, dict) else ()
    return next((first_line(str(value)) for value in found if isinstance(value, str | int) and first_line(str(value))), "")


__all__ = ["Https", "answered"]
