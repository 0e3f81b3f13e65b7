"""The settings of a test as the variables a flow reads them from."""

import pytest

from tasks.settings import Settings

TOLD = ("database_url", "state", "feed", "out", "smtp_url", "mail_backoff_s", "workers")


@pytest.fixture
def in_force(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The test's settings, in force for whatever reads them."""
    for name in TOLD:
        monkeypatch.setenv(f"BILLING_{name.upper()}", str(getattr(settings, name)))
    return settings
