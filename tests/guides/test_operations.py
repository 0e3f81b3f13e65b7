"""The guide for operations, followed word by word on a server of its own: installed, closed a month, backed up, lost, restored, upgraded."""

import os
import re
from pathlib import Path

import pytest

from tests.guides.blocks import ROOT, as_script, blocks_of
from tests.guides.machine import follow, why_not
from tests.world import write_world

GUIDE = ROOT / "docs" / "operations.md"
LONGEST_S = 1500.0  # on a very busy machine; about three minutes on an idle one

AFTERWARDS = r"""
echo "=== afterwards"
runuser -u postgres -- psql --tuples-only --no-align --dbname=billing \
    --command="select 'issued ' || count(*) || ' from ' || min(number) || ' to ' || max(number) from invoice where number is not null" \
    --command="select 'mails ' || count(*) from delivery where channel = 'email' and state = 'sent'"
runuser -u postgres -- psql --tuples-only --no-align --dbname=prefect --command="select 'deployments ' || count(*) from deployment"
stat --format='%n %a %U' /etc/billing/secrets.env /etc/billing/secrets-server.env /srv/billing/out
find /srv/billing/mailbox -path '*/new/*' -type f | wc -l | sed 's/^/mails in the box /'
grep -l 'DKIM-Signature' -r /srv/billing/mailbox | wc -l | sed 's/^/signed mails /'
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> str:
    """All that the commands of the guide printed."""
    reason = why_not()
    if reason and "CI" not in os.environ:
        pytest.skip(f"cannot be a server: {reason}")
    assert not reason, f"CI must run this: {reason}"
    folder = tmp_path_factory.mktemp("server")
    (folder / "feed").mkdir()
    write_world(folder / "feed")
    yours = {
        "RELEASE": str(ROOT),
        "SITE": "billing.test",
        "SMTP_URL": "maildir:/srv/billing/mailbox",
        "FEED": str(folder / "feed"),
        "FINANCE_PASSWORD": "'twelve green bottles'",
    }
    ended = follow(as_script(GUIDE, yours) + AFTERWARDS, folder, LONGEST_S)
    assert ended.returncode == 0, ended.stdout[-6000:]
    return ended.stdout


def test_every_command_of_the_guide_succeeds(said: str) -> None:
    assert said.count("=== line") == len(blocks_of(GUIDE))


def test_the_month_is_closed_on_debians_postgresql(said: str) -> None:
    assert re.search(r"^issued 7 from 2026-000001 to 2026-000007$", said, re.MULTILINE)


def test_the_restored_month_is_found_as_it_was_issued(said: str) -> None:
    assert said.count("no difference from what was issued") == 2  # after the restore, after the upgrade
    assert "nothing is missing, changed or besides" in said


def test_secrets_are_read_by_root_alone(said: str) -> None:
    assert "/etc/billing/secrets.env 600 root" in said
    assert "/etc/billing/secrets-server.env 600 root" in said


def test_mails_are_signed_with_the_key_of_the_guide(said: str) -> None:
    mails, signed = (int(re.search(rf"^{what} (\d+)$", said, re.MULTILINE)[1]) for what in ("mails in the box", "signed mails"))
    assert 0 < mails == signed


def test_no_unit_has_a_setting_systemd_does_not_know(said: str) -> None:
    assert "Unknown key" not in said
    assert "Unknown section" not in said


def test_the_units_and_the_script_run_what_is_installed() -> None:
    for unit in (ROOT / "deploy").glob("*.service"):
        for line in unit.read_text(encoding="utf-8").splitlines():
            if line.startswith("ExecStart=/opt/billing/deploy/"):
                program = Path(line.removeprefix("ExecStart=").split()[0]).relative_to("/opt/billing")
                assert os.access(ROOT / program, os.X_OK), program
