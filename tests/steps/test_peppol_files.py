"""E-invoices put into a folder that another system empties, and its receipts."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import fsspec
import pytest

from tasks import peppol
from tasks.ledger import Run
from tasks.outside import Outside
from tests.steps.peppol_scene import ALFA, BETA, Reached, content, three_payers


@pytest.fixture
def scene(outside: Outside) -> Reached:
    return Reached(outside)


@pytest.fixture
def run(scene: Reached) -> Run:
    return three_payers(scene)


@pytest.fixture
def folder(outside: Outside) -> Path:
    return Path(outside.settings.out) / "peppol"


def through(outside: Outside, url: str) -> Outside:
    """The outside world with another folder for e-invoices."""
    return replace(outside, settings=outside.settings.model_copy(update={"access_point_url": url}))


def test_without_a_setting_each_e_invoice_is_a_file_with_its_envelope_under_out(
    outside: Outside, scene: Reached, run: Run, folder: Path
) -> None:
    assert peppol.publish(outside, run) == {"e-invoices sent": 2}
    assert sorted(path.name for path in folder.iterdir()) == ["2026-000001.json", "2026-000001.xml", "2026-000002.json", "2026-000002.xml"]
    assert (folder / "2026-000002.xml").read_bytes() == content("2026-000002")
    assert json.loads((folder / "2026-000002.json").read_text()) == {
        "number": "2026-000002",
        "idempotency_key": "<2026-000002.e-invoice@operator.example>",
        "sender": "iso6523-actorid-upis::0208:0123456749",
        "receiver": "iso6523-actorid-upis::9944:NL123456789B01",
        "document_type": "busdox-docid-qns::urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice"
        "##urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0::2.1",
        "process": "cenbii-procid-ubl::urn:fdc:peppol.eu:2017:poacc:billing:01:1.0",
        "sha256": hashlib.sha256(content("2026-000002")).hexdigest(),
    }
    assert scene.e_invoices() == [("2026-000001", ALFA, "sent", 1, "", ""), ("2026-000002", BETA, "sent", 1, "", "")]


def test_what_the_other_system_took_away_is_not_written_again(outside: Outside, run: Run, folder: Path) -> None:
    peppol.publish(outside, run)
    for path in folder.iterdir():
        path.unlink()
    peppol.publish(outside, run)
    peppol.send_pending(outside)
    assert list(folder.iterdir()) == []


def test_receipts_are_read_by_the_next_run(outside: Outside, scene: Reached, run: Run, folder: Path) -> None:
    peppol.publish(outside, run)
    (folder / "2026-000001.receipt.json").write_text('{"state": "delivered", "id": "AS4-17"}')
    (folder / "2026-000002.receipt.json").write_text('{"state": "refused", "reason": "receiver is not registered"}')
    assert peppol.send_pending(outside) == {"e-invoices sent": 1, "e-invoices refused": 1}
    assert [row[2:] for row in scene.e_invoices()] == [("sent", 1, "", "AS4-17"), ("failed", 1, "receiver is not registered", "")]


def test_what_a_receipt_refused_is_written_again_when_asked(outside: Outside, scene: Reached, run: Run, folder: Path) -> None:
    peppol.publish(outside, run)
    (folder / "2026-000001.receipt.json").write_text('{"state": "refused"}')
    assert peppol.send_pending(outside) == {"e-invoices sent": 1, "e-invoices refused": 1}
    (folder / "2026-000001.xml").unlink()
    assert peppol.send_again(outside, "2026-000001") == {"e-invoices sent": 2}
    assert (folder / "2026-000001.xml").read_bytes() == content("2026-000001")
    assert not (folder / "2026-000001.receipt.json").exists()


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"state": "done"}', '{"state": 1}', "[" * 100_000],
    ids=["empty", "half", "a list", "a word", "a number", "deep"],
)
def test_a_receipt_that_cannot_be_read_changes_nothing_and_is_read_once_it_can_be(
    outside: Outside, scene: Reached, run: Run, folder: Path, text: str
) -> None:
    peppol.publish(outside, run)
    (folder / "2026-000001.receipt.json").write_text(text)
    assert peppol.send_pending(outside) == {"e-invoices sent": 2}
    assert scene.e_invoices()[0][2:] == ("sent", 1, "", "")
    (folder / "2026-000001.receipt.json").write_text('{"state": "delivered"}')
    peppol.send_pending(outside)
    assert scene.e_invoices()[0][2:] == ("sent", 1, "", "delivered")


def test_one_written_and_answered_before_a_kill_is_settled_by_its_receipt(outside: Outside, scene: Reached, run: Run, folder: Path) -> None:
    peppol.publish(outside, run)
    scene.say("update delivery set state = 'pending', sent_at = null, attempts = 0 where purpose = 'e_invoice'")
    for path in folder.iterdir():
        path.unlink()
    (folder / "2026-000001.receipt.json").write_text('{"state": "delivered", "id": "AS4-17"}')
    assert peppol.publish(outside, run) == {"e-invoices sent": 2}
    assert sorted(path.name for path in folder.iterdir()) == ["2026-000001.receipt.json", "2026-000002.json", "2026-000002.xml"]
    assert scene.e_invoices()[0][2:] == ("sent", 1, "", "AS4-17")


def test_the_folder_may_be_a_url(outside: Outside, scene: Reached, run: Run) -> None:
    world = through(outside, "memory://access-point")
    assert peppol.publish(world, run) == {"e-invoices sent": 2}
    store = fsspec.filesystem("memory")
    assert store.cat_file("/access-point/2026-000001.xml") == content("2026-000001")
    store.pipe_file("/access-point/2026-000001.receipt.json", b'{"state": "delivered", "id": "S3-1"}')
    peppol.send_pending(world)
    assert scene.e_invoices()[0][5] == "S3-1"


def test_a_folder_that_cannot_be_written_leaves_them_waiting(outside: Outside, scene: Reached, run: Run, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    assert peppol.publish(through(outside, str(tmp_path / "taken")), run) == {"e-invoices waiting": 2}
    assert str(scene.e_invoices()[0][4]).startswith("could not write 2026-000001.xml in ")
