"""What goes wrong in a real month: late, duplicate, contradicting, unrated and malformed usage, in known amounts."""

from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

from tasks.demo.calls import VOICE, Calls, Generator, Ints
from tasks.demo.dialling import forgotten_numbers
from tasks.demo.months import DAY, Calendar

LATE_SHARE = 0.003
DUPLICATE_SHARE = 0.002
UNRATED_SHARE = 0.002
CONTRADICTING = 5
CLOSE_DAY = 28
_FORGOTTEN = 40

# What is wrong, and the cells that make it so; the rest of the row is that of a good record.
MALFORMED: tuple[tuple[str, dict[str, str]], ...] = (
    ("a day that no month has", {"started_at": "2026-13-45T10:00:00Z"}),
    ("a day in words", {"started_at": "yesterday"}),
    ("a negative duration", {"quantity": "-42"}),
    ("a duration with a comma", {"quantity": "12,5"}),
    ("a line that nobody ordered", {"line_id": "CL999-user"}),
    ("a line that is not given", {"line_id": ""}),
    ("letters in the number", {"callee": "+32475ABCDEF"}),
    ("an unknown direction", {"direction": "sideways"}),
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """`file_day`, int64[n], is the day whose file holds a record; the rest are records (indexes) written once more.

    `repeats` come again unchanged, in the file of `repeat_day`; `contradictions` come again with another duration, a day later.
    """

    file_day: Ints
    repeats: Ints
    repeat_day: Ints
    contradictions: Ints


def no_trouble(calls: Calls) -> Trouble:
    """Every record once, in the file of its day."""
    none = np.zeros(0, dtype=np.int64)
    return Trouble(calls.day, none, none, none)


def make_trouble(calls: Calls, calendar: Calendar, seed: int) -> Trouble:
    """Plants the shares above; changes the called numbers of the calls that are to be unrated."""
    rng = np.random.default_rng(seed + 1)
    voice = (calls.kind == VOICE) & (calls.quantity > 0)
    unrated = _some(np.flatnonzero(voice & (calls.incoming == 0)), UNRATED_SHARE * len(calls), rng)
    calls.number[unrated] = len(calls.numbers) + rng.integers(0, _FORGOTTEN, len(unrated))
    calls.numbers.extend(forgotten_numbers(Random(seed), _FORGOTTEN))
    file_day = calls.day.copy()
    late, arrives = _late(calls, calendar, rng)
    file_day[late] = arrives
    on_time = np.flatnonzero(voice & (file_day == calls.day) & (calls.day < len(calendar.days) - 1))
    repeats = _some(on_time, DUPLICATE_SHARE * len(calls), rng)
    again = file_day[repeats] + rng.integers(0, 2, len(repeats))
    contradictions = _some(np.setdiff1d(on_time, repeats), CONTRADICTING, rng)
    return Trouble(file_day, repeats, again, contradictions)


def _late(calls: Calls, calendar: Calendar, rng: Generator) -> tuple[Ints, Ints]:
    """Records made before the close of a month that come in one of the first ten files of the next one."""
    due = np.array([day.day < CLOSE_DAY and day < calendar.months[-1] for day in calendar.days])
    late = _some(np.flatnonzero(due[calls.day]), LATE_SHARE * len(calls), rng)
    following = np.array([(calendar.days[day].replace(day=28) + 4 * DAY).replace(day=1).toordinal() for day in calls.day[late].tolist()])
    first = calendar.first_day.toordinal()
    return late, (following - first + rng.integers(0, 10, len(late))).astype(np.int64)


def _some(among: NDArray[np.int64], count: float, rng: Generator) -> Ints:
    """So many of these, in order, or all when there are fewer."""
    return np.sort(rng.choice(among, min(len(among), round(count)), replace=False)).astype(np.int64)
