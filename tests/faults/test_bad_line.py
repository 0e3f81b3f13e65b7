"""Invoices mailed over a line that breaks at every place it can: each arrives, and a second time only where nobody can know better."""

import signal
from collections import Counter
from pathlib import Path

import pytest

from tasks.ledger import Run
from tasks.mailbox_server import MailboxServer
from tasks.outside import Outside
from tests.faults.killed_delivery import Sender
from tests.faulty_line import Fault, FaultyLine
from tests.steps.delivery_scene import Scene, ids

pytestmark = pytest.mark.clause("CG-2.b")

IDS = [f"<2026-00000{number}.invoice@operator.example>" for number in (1, 2, 3)]


@pytest.fixture
def run(outside: Outside) -> Run:
    """A close with three invoices, 2026-000001 to 3."""
    scene = Scene(outside)
    run = scene.close()
    for payer in ("ALFA", "BETA", "GAMMA"):
        scene.payer(payer, mail=f"{payer.lower()}@payer.example")
        scene.invoice(run, payer)
    return run


@pytest.mark.parametrize(
    ("fault", "killed", "copies"),
    [("busy", False, 1), ("inside", False, 1), ("killed early", True, 1), ("unanswered", False, 2), ("killed late", True, 2)],
    ids=[
        "the server is closing for a while",
        "the line breaks within the mail",
        "we are killed before the mail",
        "the server took it and its answer is lost",
        "the server took it and we are killed before we can note it",
    ],
)
def test_the_second_of_three_mails_goes_wrong(outside: Outside, run: Run, tmp_path: Path, fault: Fault, killed: bool, copies: int) -> None:
    sender = Sender(outside, run)
    with MailboxServer(tmp_path / "box") as server, FaultyLine(server.port, {2: fault}, sender.kill) as line:
        sender.deliver(line.url)
    assert sender.codes == ([-signal.SIGKILL, 0] if killed else [0])
    assert line.suffered == [fault]
    assert Counter(ids(tmp_path / "box")) == Counter({IDS[0]: 1, IDS[1]: copies, IDS[2]: 1})
    assert line.lost == ([IDS[1]] if copies == 2 else [])
    assert [(number, state) for number, state, *_ in Scene(outside).states()] == [(f"2026-00000{number}", "sent") for number in (1, 2, 3)]
