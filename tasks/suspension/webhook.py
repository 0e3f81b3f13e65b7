"""Orders to a webhook: signed, with an idempotency key, tried again while the platform is not well, never redirected.

The signature is the HMAC-SHA256, in hex, of `X-Timestamp` (seconds since 1970), a full stop and the body, with the shared secret as key.
"""

import hashlib
import hmac
import json
import logging
import time
from dataclasses import replace

from tasks.posting import Poster, Reply, TryAgain, first_line, in_tries, trusted
from tasks.settings import Settings
from tasks.suspension.orders import Order
from tasks.suspension.platform import Answer, day_of, message

log = logging.getLogger(__name__)

TOO_MANY = 429


class Webhook:
    """The webhook of the settings."""

    def __init__(self, settings: Settings) -> None:
        self._url = settings.platform_url
        self._secret = settings.platform_secret.get_secret_value().encode("utf-8")
        self._attempts, self._backoff_s = settings.platform_attempts, float(settings.platform_backoff_s)
        self._timeout_s = float(settings.platform_timeout_s)
        self._trust = trusted(settings.platform_ca, "platform_ca")

    def hand_over(self, order: Order) -> Answer:
        """Ask for the order, as often as the settings say while the platform does not answer."""
        failures: list[TryAgain] = []

        def note(error: TryAgain) -> None:
            failures.append(error)
            log.warning("order %d, try %d: %s", order.row.order_no, len(failures), error)

        with Poster("the platform", self._url, self._trust, self._timeout_s) as poster:
            try:
                answer = in_tries(lambda: self._answer(order, self._post(poster, order)), self._attempts, self._backoff_s, note=note)
            except TryAgain as error:
                answer, tries = Answer("unanswered", said=str(error)), len(failures)
            else:
                tries = len(failures) + 1
        return replace(answer, tries=tries, may_have_arrived=answer.may_have_arrived or any(each.arrived for each in failures))

    def ask_again(self, order: Order) -> Answer:
        """Hand the same order over again, under the same key: the answer says how far it is."""
        return self.hand_over(order)

    def _post(self, poster: Poster, order: Order) -> Reply:
        """One try. Raises TryAgain when no whole answer came."""
        body, now = message(order), str(int(time.time()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": order.row.idempotency_key,
            "X-Timestamp": now,
            "X-Signature": signature(self._secret, now, body),
        }
        return poster.post(body, headers)

    def _answer(self, order: Order, reply: Reply) -> Answer:
        """What an answer means. Raises TryAgain where another try may help."""
        said = f"the platform answers {reply.status}: {first_line(reply.text)}".removesuffix(": ")
        if reply.status >= 500 or reply.status == TOO_MANY:
            raise TryAgain(said, arrived=True, pause_s=reply.pause_s)
        if not 200 <= reply.status < 300:
            return Answer("refused", said=said)
        try:
            told = json.loads(reply.text)
        except (ValueError, RecursionError):
            return Answer("taken")
        if not isinstance(told, dict) or told.get("state") != "done":
            return Answer("taken")
        try:
            return Answer("done", effective_on=day_of(order, told))
        except ValueError as error:
            return Answer("taken", said=f"the platform {error}")


def signature(secret: bytes, timestamp: str, body: bytes) -> str:
    """The signature of a body sent at a time."""
    return hmac.new(secret, timestamp.encode("ascii") + b"." + body, hashlib.sha256).hexdigest()


__all__ = ["Webhook", "signature"]
