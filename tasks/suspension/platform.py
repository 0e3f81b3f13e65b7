"""Who carries orders out: a webhook of the platform, or a folder it reads; each answers an order with how far it is."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from tasks.outside import Outside
from tasks.suspension.orders import Order

# done: carried out, in force from `effective_on` · taken: it will be · refused: a person must look · unanswered: to be tried again
Outcome = Literal["done", "taken", "refused", "unanswered"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the platform made of an order after so many tries, and its words where they need a look.

    `may_have_arrived`: of an order that was not taken, whether one of the tries may have reached the platform all the same.
    """

    outcome: Outcome
    tries: int = 1
    effective_on: date | None = None
    said: str = ""
    may_have_arrived: bool = False


class Platform(Protocol):
    """Where orders go. The same order handed over twice is carried out once: it has the same idempotency key."""

    def hand_over(self, order: Order) -> Answer:
        """Ask for an order that has not been taken yet."""

    def ask_again(self, order: Order) -> Answer:
        """Ask how far an order is that was taken."""


def open_platform(outside: Outside) -> Platform:
    """The platform of the settings. Raises SettingsError when its certificates cannot be read."""
    from tasks.suspension.order_files import OrderFiles
    from tasks.suspension.webhook import Webhook

    if outside.settings.platform_url.startswith(("https://", "http://")):
        return Webhook(outside.settings)
    return OrderFiles(outside)


def message(order: Order) -> bytes:
    """What the platform is told, as JSON in UTF-8: the same bytes for the same order."""
    row = order.row
    told = {
        "order": row.order_no,
        "idempotency_key": row.idempotency_key,
        "measure": row.measure,
        "restores_order": row.restores_order_no,
        "ordered_on": row.ordered_on.isoformat(),
        "payer": row.payer_id,
        "grounds": [ground.clause for ground in order.grounds],
        "end_clients": [{"id": each.end_client_id, "name": each.name} for each in order.end_clients],
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode("utf-8")


def day_of(order: Order, told: object) -> date:
    """The first day that an acknowledgement names. Raises ValueError, in words, when it names none or one before the order was made."""
    day = told.get("effective_on") if isinstance(told, dict) else None
    try:
        effective_on = date.fromisoformat(day) if isinstance(day, str) else None
    except ValueError:
        effective_on = None
    if effective_on is None:
        raise ValueError("acknowledged without a day; expected effective_on as 2026-12-18")
    if effective_on < order.row.ordered_on:
        raise ValueError(f"acknowledged from {effective_on}, before it was ordered on {order.row.ordered_on}")
    return effective_on


__all__ = ["Answer", "Platform", "day_of", "message", "open_platform"]
