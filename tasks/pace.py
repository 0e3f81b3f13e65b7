"""Work spread evenly over time."""

import time
from collections.abc import Callable


class Pace:
    """Lets at most so many turns a minute begin, evenly spread; 0 is as many as there are."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep) -> None:
        self._gap_s = 60 / per_minute if per_minute else 0.0
        self._clock, self._sleep = clock, sleep
        self._next_s = 0.0

    def wait(self) -> None:
        """Return when the next turn may begin. Time that was not used is not made up for: no burst follows a pause."""
        if not self._gap_s:
            return
        now = self._clock()
        if now < self._next_s:
            self._sleep(self._next_s - now)
        self._next_s = max(now, self._next_s) + self._gap_s


__all__ = ["Pace"]
