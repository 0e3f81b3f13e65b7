"""The outside world of a run, as one object that is passed in, so that a test passes another."""

from dataclasses import dataclass, field

from sqlalchemy import Engine

from tasks.database import open_engine
from tasks.settings import Settings, read_settings
from tasks.store import Store


@dataclass(frozen=True, slots=True)
class Outside:
    """Settings, the database, and the store the results go to."""

    settings: Settings
    engine: Engine
    out: Store = field(repr=False)


def open_outside(settings: Settings | None = None) -> Outside:
    """The outside world as the settings describe it. Raises SettingsError or DatabaseUnavailable."""
    in_force = settings or read_settings()
    return Outside(in_force, open_engine(in_force), Store(in_force.out))
