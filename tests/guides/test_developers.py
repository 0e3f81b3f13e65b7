"""The guide for developers: its commands are run in their order, in a folder with the small operator; what takes longer is known to make."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.guides.blocks import ROOT, Block, blocks_of

GUIDE = ROOT / "docs" / "developers.md"
LONGEST_S = 900  # a block, on a very busy machine


def environment(database: Engine, home: Path) -> dict[str, str]:
    """What a developer has in the shell: the programs of the environment, and settings of a folder of his own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BILLING_", "PREFECT_", "PYTEST_"))}
    return kept | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "BILLING_DATABASE_URL": database.url.render_as_string(hide_password=False),
        "BILLING_STATE": str(home / "state"),
        "BILLING_SMTP_URL": f"maildir:{home / 'mailbox'}",
        "BILLING_WORKERS": "1",
        "PYTEST_ADDOPTS": "--collect-only",  # that they pass, this very suite says
    }


def ran(block: Block, told: dict[str, str], folder: Path) -> None:
    """Run a block as one script. Fails with what it printed."""
    ended = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block.text],
        cwd=folder,
        env=told,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=False,
    )
    assert ended.returncode == 0, f"line {block.line} of the guide:\n{ended.stdout[-3000:]}\n{ended.stderr[-3000:]}"


def is_about_code(block: Block) -> bool:
    """Whether the commands are for the folder of the programs, not for one with a feed and results."""
    return any(word in block.text for word in ("pytest", "ruff"))


ABOUT_CODE = [pytest.param(block, id=f"line_{block.line}") for block in blocks_of(GUIDE) if not block.note and is_about_code(block)]


@pytest.mark.parametrize("block", ABOUT_CODE)
def test_the_commands_about_the_code_work(block: Block, database: Engine, tmp_path: Path) -> None:
    ran(block, environment(database, tmp_path), ROOT)


def test_a_close_can_be_looked_into_as_the_guide_says(database: Engine, tmp_path: Path) -> None:
    told = environment(database, tmp_path)
    looking = [block for block in blocks_of(GUIDE) if not block.note and not is_about_code(block)]
    assert len(looking) == 2
    for block in looking:
        if "psql" in block.text and shutil.which("psql") is None:
            assert "CI" not in os.environ, "CI must have psql"
            continue
        ran(block, told, tmp_path)


def test_every_target_of_make_is_one() -> None:
    lines = [line for block in blocks_of(GUIDE) if block.note == "make" for line in block.text.splitlines()]
    assert len(lines) >= 5
    for line in lines:
        program, target = line.split()[:2]
        assert program == "make"
        assert subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, check=False).returncode == 0, target


def test_every_file_the_guide_names_is_there() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:tests|tasks|flows|expectations|reports|sql|billing)/[\w/.]*)`", text))
    assert named
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
