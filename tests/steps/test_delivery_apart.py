"""What goes wrong with one document or one way out holds back no other, and two processes that send at once send each mail once."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tasks import delivery
from tasks.copies import resend, send_copies
from tasks.ledger import Run, Stopped
from tasks.mail import MailUnavailable
from tasks.mailbox_server import Keeper, MailboxServer
from tasks.outside import Outside
from tasks.store import StoreFailed
from tasks.waiting import deliver_all
from tests.steps.delivery_scene import Scene, ids
from tests.steps.peppol_scene import Reached, three_payers
from tests.steps.test_delivery import free_port, through

FIRST, SECOND, THIRD = (f"<2026-00000{number}.invoice@operator.example>" for number in (1, 2, 3))
pytestmark = pytest.mark.clause("CG-2.b")


@pytest.fixture
def scene(outside: Outside) -> Reached:
    return Reached(outside)


@pytest.fixture
def run(scene: Reached) -> Run:
    """2026-000001 to ALFA and 2026-000002 to BETA by mail and Peppol, 2026-000003 to GAMMA by mail alone."""
    return three_payers(scene)


def handed_over(outside: Outside) -> Sequence[str]:
    return [path for path in outside.out.paths("peppol") if path.endswith(".xml")]


def test_a_document_that_is_spoiled_holds_back_its_own_mail_alone(outside: Outside, scene: Scene, run: Run, tmp_path: Path) -> None:
    outside.out.write("2026-10/invoice/2026-000001.pdf", b"other")
    with pytest.raises(Stopped, match=r"2026-000001\.pdf is not the file that was rendered"):
        delivery.stage(through(outside, f"maildir:{tmp_path / 'box'}"), run)
    assert ids(tmp_path / "box") == [SECOND, THIRD]
    assert [state[1] for state in scene.states()] == ["pending", "sent", "sent"]
    assert len(handed_over(outside)) == 2


def test_a_store_without_any_document_is_not_asked_for_each_of_them(outside: Outside, scene: Scene, run: Run, tmp_path: Path) -> None:
    for number in (4, 5):
        scene.payer(f"P{number}", mail=f"p{number}@payer.example")
        scene.invoice(run, f"P{number}")
    for number in (1, 2, 3):
        outside.out.remove(f"2026-10/invoice/2026-00000{number}.pdf")
    with pytest.raises(StoreFailed, match=r"2026-000001\.pdf"):
        delivery.stage(through(outside, f"maildir:{tmp_path / 'box'}"), run)
    assert [state[1] for state in scene.states()] == ["pending"] * 5


def test_a_portal_that_cannot_be_written_holds_back_no_mail_and_no_e_invoice(
    outside: Outside, scene: Scene, run: Run, tmp_path: Path
) -> None:
    scene.payer("PORTAL", channel="portal")
    scene.invoice(run, "PORTAL")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreFailed, match="could not write documents/"):
        delivery.stage(through(outside, f"maildir:{tmp_path / 'box'}", portal=str(tmp_path / "file")), run)
    assert ids(tmp_path / "box") == [FIRST, SECOND, THIRD]
    assert [state[1] for state in scene.states()] == ["sent", "sent", "sent", "pending"]
    assert len(handed_over(outside)) == 2


def test_a_document_lost_for_one_payer_of_the_portal_holds_back_no_other(outside: Outside, scene: Scene, tmp_path: Path) -> None:
    run = scene.close()
    for payer in ("ALFA", "BETA"):
        scene.payer(payer, channel="portal", mail="")
        scene.invoice(run, payer)
    outside.out.remove("2026-10/invoice/2026-000001.pdf")
    with pytest.raises(StoreFailed, match=r"2026-000001\.pdf"):
        delivery.stage(outside, run)
    assert [state[1] for state in scene.states()] == ["pending", "sent"]


def test_a_mail_server_that_is_down_holds_back_no_e_invoice(outside: Outside, scene: Scene, run: Run) -> None:
    with pytest.raises(MailUnavailable):
        delivery.stage(through(outside, f"smtp://127.0.0.1:{free_port()}"), run)
    assert [state[1] for state in scene.states()] == ["pending"] * 3
    assert len(handed_over(outside)) == 2


def test_what_stops_one_run_holds_back_no_later_run_no_copy_and_no_e_invoice(
    outside: Outside, scene: Reached, run: Run, tmp_path: Path
) -> None:
    there = through(outside, f"maildir:{tmp_path / 'box'}")
    november = scene.close("2026-11", date(2026, 11, 27))
    scene.e_invoice(november, "GAMMA")
    for each in (run, november):
        delivery.record(there, each)
    outside.out.write("2026-10/invoice/2026-000001.pdf", b"other")
    with pytest.raises(Stopped, match=r"2026-000001\.pdf is not the file that was rendered"):
        deliver_all(there)
    assert ids(tmp_path / "box") == [SECOND, THIRD, "<2026-000004.invoice@operator.example>"]


class Waiting(Keeper):
    """A mailbox that answers only once it is let."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.came, self.let = threading.Event(), threading.Event()

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802
        import asyncio

        self.keep(envelope)  # type: ignore[arg-type]
        self.came.set()
        await asyncio.get_running_loop().run_in_executor(None, self.let.wait, 20)
        return "250 OK"


def test_a_copy_that_somebody_asks_for_is_sent_once_though_the_bounces_are_read_meanwhile(
    outside: Outside, scene: Scene, run: Run, tmp_path: Path
) -> None:
    delivery.stage(outside, run)
    mailbox = Waiting(tmp_path / "box")
    with MailboxServer(tmp_path / "box", mailbox) as server:
        there = through(outside, server.url)
        asks = threading.Thread(target=resend, args=(there, "2026-000001", "", "Anne", date(2026, 11, 10)))
        asks.start()
        assert mailbox.came.wait(20)
        other = threading.Thread(target=send_copies, args=(replace(there),))
        other.start()
        other.join(0.5)
        mailbox.let.set()
        asks.join(20)
        other.join(20)
    assert ids(tmp_path / "box") == ["<2026-000001.copy-1@operator.example>"]
