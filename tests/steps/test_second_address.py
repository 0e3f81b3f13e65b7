"""An invoice that its payer has from a second address: it counts as delivered wherever somebody reads of it, and does not leave again."""

from pathlib import Path

import pytest

import sql
from reports.close_records import Failed
from tasks import delivery, gates
from tasks.ledger import Run
from tasks.mail import MailUnavailable
from tasks.mailbox_server import MailboxServer
from tasks.outside import Outside
from tasks.status import status
from tests.steps.delivery_scene import NO_SUCH_USER, Postmaster, Scene, ids
from tests.steps.test_delivery import through

pytestmark = pytest.mark.clause("CG-2.b")


@pytest.fixture
def scene(outside: Outside) -> Scene:
    return Scene(outside)


@pytest.fixture
def run(scene: Scene, outside: Outside, tmp_path: Path) -> Run:
    """2026-000001 to ALFA, whose address refused it and whose second address took it."""
    run = scene.close()
    scene.payer("ALFA", mail="one@a.example")
    scene.say("update party set fallback_email = 'second@a.example'")
    scene.invoice(run, "ALFA")
    with MailboxServer(tmp_path / "box", Postmaster(tmp_path / "box", refused={"one@a.example": NO_SUCH_USER})) as server:
        delivery.stage(through(outside, server.url), run)
    return run


def test_the_gate_the_report_and_the_status_list_no_failure(outside: Outside, run: Run) -> None:
    assert not gates.check(outside, run, "delivery").warnings
    with outside.engine.connect() as conn:
        assert sql.rows(conn, Failed, "report/failed", run_id=run.run_id) == []
    assert "0 undelivered" in status(outside.engine)


def test_an_address_corrected_afterwards_gets_no_second_one(outside: Outside, scene: Scene, run: Run, tmp_path: Path) -> None:
    scene.payer("ALFA", mail="new@a.example")
    delivery.stage(through(outside, f"maildir:{tmp_path / 'later'}"), run)
    assert ids(tmp_path / "box") == ["<2026-000001.copy-1@operator.example>"]
    assert not (tmp_path / "later").exists()


def test_a_server_that_closes_while_it_refuses_is_named_without_the_address(outside: Outside, scene: Scene, tmp_path: Path) -> None:
    run = scene.close()
    scene.payer("ALFA", mail="one@a.example")
    scene.invoice(run, "ALFA")
    answers = {"one@a.example": "421 4.7.0 <one@a.example> too many"}
    with (
        MailboxServer(tmp_path / "box", Postmaster(tmp_path / "box", refused=answers)) as server,
        pytest.raises(MailUnavailable, match=r"421 4\.7\.0") as stopped,
    ):
        delivery.stage(through(outside, server.url), run)
    assert "a.example" not in str(stopped.value)
