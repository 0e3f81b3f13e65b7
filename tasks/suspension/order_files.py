"""Orders as files in a folder: `order-000012.json`, acknowledged by `order-000012.ack.json` beside it."""

import json

from tasks.outside import Outside
from tasks.posting import first_line
from tasks.store import Store, StoreFailed
from tasks.suspension.orders import Order
from tasks.suspension.platform import Answer, day_of, message

FOLDER = "orders"


class OrderFiles:
    """A folder or fsspec URL that the platform reads; without a setting, `orders` below `out`. A file is whole or not there."""

    def __init__(self, outside: Outside) -> None:
        url = outside.settings.platform_url
        self._store = Store(url) if url else outside.out
        self._folder = "" if url else f"{FOLDER}/"

    def hand_over(self, order: Order) -> Answer:
        """Write the order; it may be acknowledged by then, where this is done again. Raises StoreFailed when it cannot be written."""
        self._store.write(self._path(order, "json"), message(order))
        return self.ask_again(order)

    def ask_again(self, order: Order) -> Answer:
        """Look for the acknowledgement."""
        path = self._path(order, "ack.json")
        if not self._store.exists(path):
            return Answer("taken")
        try:
            return Answer("done", effective_on=day_of(order, json.loads(self._store.read(path))))
        except (ValueError, RecursionError, StoreFailed) as error:
            return Answer("taken", said=f"{path}: {first_line(str(error))}")

    def _path(self, order: Order, kind: str) -> str:
        return f"{self._folder}order-{order.row.order_no:06}.{kind}"


__all__ = ["OrderFiles"]
