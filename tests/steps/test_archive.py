"""The archive: every document once by its content, a manifest a run, and whoever touches any of it is found and named."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from billing.period import Period
from flows.command_line import main
from tasks import archive
from tasks.archive.manifest import open_archive
from tasks.ledger import Run, Stopped
from tasks.outside import Outside
from tasks.store import Store
from tests.steps.delivery_scene import Scene, pdf

OCTOBER, NOVEMBER = Period.month("2026-10"), Period.month("2026-11")


@pytest.fixture
def scene(outside: Outside) -> Scene:
    return Scene(outside)


@pytest.fixture
def run(scene: Scene) -> Run:
    """A close that is done: 2026-000001 to ALFA with the summary of E1, 2026-000002 to BETA."""
    run = scene.close()
    scene.payer("ALFA")
    scene.payer("BETA")
    scene.invoice(run, "ALFA", "121.00", clients=("E1",))
    scene.invoice(run, "BETA", "60.50")
    done(scene, run)
    return run


def done(scene: Scene, run: Run) -> None:
    scene.say(
        "insert into run_step (run_id, step, state, import_no, accepted_at)"
        " values (:run, 'report', 'accepted', (select max(import_no) from import_run), now())",
        run=run.run_id,
    )  # fmt: skip


def kept(content: bytes) -> str:
    """Where the archive keeps a content."""
    sha256 = hashlib.sha256(content).hexdigest()
    return f"sha256/{sha256[:2]}/{sha256}.pdf"


FIRST, SUMMARY, SECOND = pdf("2026-000001"), pdf("2026-000001", "E1"), pdf("2026-000002")
MANIFEST = "manifests/close-2026-10.json"
MISSING = "is missing; put it back from a backup, or with `billing archive make` while the store has it"


def files(outside: Outside) -> dict[str, bytes]:
    store = open_archive(outside.settings)
    return {path: store.read(path) for path in (*store.paths("sha256"), *store.paths("manifests"))}


# ------------------------------------------------------------------------------------------------ keeping
def test_every_document_is_kept_once_by_its_content_and_the_manifest_says_what_it_is(outside: Outside, run: Run) -> None:
    assert archive.archive_run(outside, run) == 3
    whole = files(outside)
    assert {path: content for path, content in whole.items() if path != MANIFEST} == {
        kept(FIRST): FIRST, kept(SUMMARY): SUMMARY, kept(SECOND): SECOND,
    }  # fmt: skip
    manifest = json.loads(whole[MANIFEST])
    assert {name: value for name, value in manifest.items() if name != "entries"} == {
        "of": "close 2026-10", "documents": 3, "net": "181.50", "vat": "0.00", "gross": "181.50",
    }  # fmt: skip
    assert manifest["entries"][1] == {
        "document": "summary", "number": "2026-000001", "kind": "invoice", "payer_id": "ALFA", "end_client_id": "E1",
        "issued_on": "2026-10-28", "net": "121.00", "vat": "0.00", "gross": "121.00", "path": "2026-10/summary/2026-000001E1.pdf",
        "sha256": hashlib.sha256(SUMMARY).hexdigest(), "size": len(SUMMARY),
    }  # fmt: skip


def test_the_ledger_has_the_hash_of_the_manifest(outside: Outside, scene: Scene, run: Run) -> None:
    archive.archive_run(outside, run)
    expected = hashlib.sha256(files(outside)[MANIFEST]).hexdigest()
    assert scene.say("select path, run_id, letters_on, sha256, documents from archive_manifest") == [
        (MANIFEST, run.run_id, None, expected, 3)
    ]


def test_archived_twice_it_is_the_same_to_the_byte(outside: Outside, run: Run) -> None:
    archive.archive_run(outside, run)
    before = files(outside)
    assert archive.archive_run(outside, run) == 3
    assert files(outside) == before
    assert archive.verify(outside) == []


@pytest.mark.parametrize("number", range(1, 5), ids=lambda number: f"at file {number} of 4")
@pytest.mark.parametrize("after", [False, True], ids=["before it is there", "when it is there"])
def test_killed_anywhere_and_done_again_the_archive_is_the_same(
    number: int, after: bool, outside: Outside, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, seen = Store.write, 0

    def written(store: Store, path: str, content: bytes) -> object:
        nonlocal seen
        seen += 1
        if seen >= number and not after:
            raise KeyboardInterrupt
        stored = write(store, path, content)
        if seen >= number:
            raise KeyboardInterrupt
        return stored

    with monkeypatch.context() as patched:
        patched.setattr(Store, "write", written)
        with pytest.raises(KeyboardInterrupt):
            archive.archive_run(outside, run)
    assert archive.archive_run(outside, run) == 3
    assert set(files(outside)) == {kept(FIRST), kept(SUMMARY), kept(SECOND), MANIFEST}
    assert archive.verify(outside) == []


def test_a_document_that_is_not_the_one_that_was_drawn_is_not_archived(outside: Outside, scene: Scene, run: Run) -> None:
    outside.out.write("2026-10/invoice/2026-000002.pdf", b"other")
    with pytest.raises(Stopped, match=r"2026-000002\.pdf is not the file that was drawn; put it back from a backup, then archive again"):
        archive.archive_run(outside, run)
    assert scene.say("select * from archive_manifest") == []


def test_a_run_whose_documents_are_others_now_is_refused_and_its_manifest_stays(outside: Outside, scene: Scene, run: Run) -> None:
    archive.archive_run(outside, run)
    before = files(outside)
    scene.document(run, "2026-000002", "summary", b"%PDF late", "E9")
    with pytest.raises(Stopped, match="close 2026-10 is archived with other documents or amounts than the ledger has now"):
        archive.archive_run(outside, run)
    assert files(outside) == before
    assert archive.verify(outside) == [
        f"{MANIFEST}: summary 2026-000002 E9 is not listed; the ledger has it",
        f"{kept(b'%PDF late')}: summary 2026-000002 E9 {MISSING}",
    ]


def test_the_archive_may_be_a_url(outside: Outside, run: Run) -> None:
    there = replace(outside, settings=outside.settings.model_copy(update={"archive": "memory://documents-for-good"}))
    archive.archive_run(there, run)
    assert files(there)[kept(FIRST)] == FIRST
    assert archive.verify(there) == []
    Store("memory://documents-for-good").write(kept(FIRST), FIRST[:10])
    assert archive.verify(there) == [
        f"{kept(FIRST)}: invoice 2026-000001 is cut off after 10 of {len(FIRST)} bytes; put it back from a backup"
    ]


# ------------------------------------------------------------------------------------------------ whoever touches it
def flipped(content: bytes) -> bytes:
    return content[:100] + bytes([content[100] ^ 1]) + content[101:]


def flip_a_byte(store: Store) -> list[str]:
    store.write(kept(SECOND), flipped(SECOND))
    return [f"{kept(SECOND)}: invoice 2026-000002 was changed"]


def delete_a_file(store: Store) -> list[str]:
    store.remove(kept(SUMMARY))
    return [f"{kept(SUMMARY)}: summary 2026-000001 E1 is missing"]


def cut_a_file(store: Store) -> list[str]:
    store.write(kept(FIRST), FIRST[:-1])
    return [f"{kept(FIRST)}: invoice 2026-000001 is cut off after {len(FIRST) - 1} of {len(FIRST)} bytes"]


def empty_a_file(store: Store) -> list[str]:
    store.write(kept(FIRST), b"")
    return [f"{kept(FIRST)}: invoice 2026-000001 is cut off after 0 of {len(FIRST)} bytes"]


def lengthen_a_file(store: Store) -> list[str]:
    store.write(kept(FIRST), FIRST + b"\n")
    return [f"{kept(FIRST)}: invoice 2026-000001 was changed"]


def add_a_file(store: Store) -> list[str]:
    store.write(kept(b"%PDF invented"), b"%PDF invented")
    return [f"{kept(b'%PDF invented')}: nobody put it there by billing"]


def add_a_manifest(store: Store) -> list[str]:
    store.write("manifests/close-2026-09.json", store.read(MANIFEST))
    return ["manifests/close-2026-09.json: nobody put it there by billing"]


def swap_two_files(store: Store) -> list[str]:
    store.write(kept(FIRST), SECOND)
    store.write(kept(SECOND), FIRST)
    return [f"{kept(FIRST)}: invoice 2026-000001 was changed", f"{kept(SECOND)}: invoice 2026-000002 was changed"]


def change_an_amount_in_the_manifest(store: Store) -> list[str]:
    store.write(MANIFEST, store.read(MANIFEST).replace(b'"gross": "60.50"', b'"gross": "6.50"'))
    return [
        f"{MANIFEST}: the manifest was changed; its sha256 is",
        f"{MANIFEST}: invoice 2026-000002 is listed otherwise: gross '6.50', in the ledger '60.50'",
    ]


def change_a_blank_in_the_manifest(store: Store) -> list[str]:
    store.write(MANIFEST, store.read(MANIFEST) + b"\n")
    return [f"{MANIFEST}: the manifest was changed; its sha256 is"]


def take_an_entry_out_of_the_manifest(store: Store) -> list[str]:
    manifest = json.loads(store.read(MANIFEST))
    del manifest["entries"][2]
    store.write(MANIFEST, json.dumps(manifest).encode())
    return [f"{MANIFEST}: the manifest was changed; its sha256 is", f"{MANIFEST}: invoice 2026-000002 is not listed; the ledger has it"]


def delete_the_manifest(store: Store) -> list[str]:
    store.remove(MANIFEST)
    return [f"{MANIFEST}: the manifest is missing; put it back from a backup"]


def cut_the_manifest(store: Store) -> list[str]:
    store.write(MANIFEST, store.read(MANIFEST)[:50])
    return [f"{MANIFEST}: the manifest was changed; its sha256 is", f"{MANIFEST}: the manifest cannot be read"]


def aim_the_manifest_outside(store: Store) -> list[str]:
    first = hashlib.sha256(FIRST).hexdigest().encode()
    store.write(MANIFEST, store.read(MANIFEST).replace(first, b"../../../etc/passwd"))
    return [f"{MANIFEST}: the manifest was changed; its sha256 is", f"{MANIFEST}: the manifest cannot be read"]


def nest_the_manifest_without_end(store: Store) -> list[str]:
    store.write(MANIFEST, b'{"entries": ' + b"[" * 200_000)
    return [f"{MANIFEST}: the manifest was changed; its sha256 is", f"{MANIFEST}: the manifest cannot be read"]


def name_a_file_that_no_disk_can_have(store: Store) -> list[str]:
    store.write(MANIFEST, store.read(MANIFEST).replace(b'2026-000002.pdf"', b'2026-000002.p\\u0000df"'))
    return [f"{MANIFEST}: the manifest was changed; its sha256 is", f"{MANIFEST}: the manifest cannot be read"]


def name_a_file_that_cannot_be_printed(store: Store) -> list[str]:
    store.write(MANIFEST, store.read(MANIFEST).replace(b'2026-000002.pdf"', b'2026-000002.\\ud800\\u001b[2J"'))
    return [f"{MANIFEST}: the manifest was changed; its sha256 is", f"{MANIFEST}: the manifest cannot be read"]


def change_a_file_and_the_manifest_with_it(store: Store) -> list[str]:
    other = flipped(SECOND)
    old, new = hashlib.sha256(SECOND).hexdigest(), hashlib.sha256(other).hexdigest()
    store.remove(kept(SECOND))
    store.write(kept(other), other)
    store.write(MANIFEST, store.read(MANIFEST).replace(old.encode(), new.encode()))
    return [
        f"{MANIFEST}: the manifest was changed; its sha256 is",
        f"{MANIFEST}: invoice 2026-000002 is listed otherwise: sha256 '{new}', in the ledger '{old}'",
        f"{kept(SECOND)}: invoice 2026-000002 is missing",
        f"{kept(other)}: nobody put it there by billing",
    ]


@pytest.mark.parametrize(
    "touch",
    [
        flip_a_byte, delete_a_file, cut_a_file, empty_a_file, lengthen_a_file, add_a_file, add_a_manifest, swap_two_files,
        change_an_amount_in_the_manifest, change_a_blank_in_the_manifest, take_an_entry_out_of_the_manifest, delete_the_manifest,
        cut_the_manifest, aim_the_manifest_outside, nest_the_manifest_without_end, name_a_file_that_no_disk_can_have,
        name_a_file_that_cannot_be_printed, change_a_file_and_the_manifest_with_it,
    ],
    ids=lambda touch: touch.__name__.replace("_", " "),
)  # fmt: skip
def test_whoever_touches_the_archive_is_found(touch: Callable[[Store], list[str]], outside: Outside, run: Run) -> None:
    archive.archive_run(outside, run)
    expected = touch(open_archive(outside.settings))
    found = archive.verify(outside)
    assert len(found) == len(expected)
    assert sorted(expected) == sorted(start for start in expected if any(line.startswith(start) for line in found))


def test_a_document_that_is_lost_is_put_back_from_the_store_and_one_that_was_changed_is_not_written_over(
    outside: Outside, run: Run
) -> None:
    archive.archive_run(outside, run)
    store = open_archive(outside.settings)
    store.remove(kept(SUMMARY))
    assert archive.make(outside, OCTOBER) == "close 2026-10: 3 documents"
    assert archive.verify(outside) == []
    store.write(kept(SUMMARY), b"other")
    with pytest.raises(Stopped, match="was changed in the archive; move it away, then archive again"):
        archive.make(outside, OCTOBER)
    assert store.read(kept(SUMMARY)) == b"other"


# ------------------------------------------------------------------------------------------------ runs, months, letters
def test_a_month_alone_is_looked_at_when_asked(outside: Outside, scene: Scene, run: Run) -> None:
    november = scene.close("2026-11", date(2026, 11, 28))
    scene.invoice(november, "BETA", "12.00")
    done(scene, november)
    archive.archive_run(outside, run)
    archive.archive_run(outside, november)
    delete_a_file(open_archive(outside.settings))
    assert len(archive.verify(outside, OCTOBER)) == 1
    assert archive.verify(outside, NOVEMBER) == []
    assert len(archive.verify(outside)) == 1


def test_a_run_of_an_earlier_release_is_named_and_archived_by_hand(outside: Outside, run: Run) -> None:
    assert archive.verify(outside) == ["close 2026-10 is not archived; `billing archive make 2026-10` does it"]
    assert archive.make(outside, OCTOBER) == "close 2026-10: 3 documents"
    assert archive.verify(outside) == []
    assert archive.make(outside, NOVEMBER) == "2026-11: no run is done and no letter was sent, so there is nothing to archive"


def test_a_run_that_goes_on_is_not_missed_yet(outside: Outside, scene: Scene) -> None:
    run = scene.close()
    scene.payer("ALFA")
    scene.invoice(run, "ALFA")
    assert archive.verify(outside) == []


def test_two_credit_runs_of_an_invoice_have_manifests_of_their_own(outside: Outside, scene: Scene, run: Run) -> None:
    for number in (1, 2):
        scene.say(
            "insert into run (kind, run_on, subject, request) values ('credit', date '2026-11-05', '2026-000001', :request)",
            request=f"request {number}",
        )
    ids = [int(str(run_id)) for (run_id,) in scene.say("select run_id from run where kind = 'credit' order by run_id")]
    for run_id in ids:
        archive.archive_run(outside, replace(run, run_id=run_id, kind="credit", period=None, subject="2026-000001"))
    expected = [f"manifests/credit-2026-000001-run-{run_id}.json" for run_id in ids]
    assert [path for path in files(outside) if "credit" in path] == expected


class Letters:
    """Letters that were sent, as dunning leaves them."""

    def __init__(self, outside: Outside, scene: Scene) -> None:
        self.outside, self.scene = outside, scene

    def sent(self, payer_id: str, day: str, state: str = "sent") -> bytes:
        """A letter of a day; returns its PDF."""
        content, path = pdf(f"letter {payer_id} {day}"), f"{day[:7]}/letters/{payer_id}-1-{day}.pdf"
        self.outside.out.write(path, content)
        ((delivery_id,),) = self.scene.say(
            "insert into delivery (purpose, payer_id, channel, recipients, message_id, state)"
            " values ('reminder', :payer, 'email', 'a@b.example', :id, :state) returning delivery_id",
            payer=payer_id, id=f"<{payer_id}.{day}>", state=state,
        )  # fmt: skip
        self.scene.say(
            "insert into dunning_notice (payer_id, policy, level, noticed_on, anchor_invoice_id, anchor_due_on, open_amount, clause, path,"
            " sha256, delivery_id) select :payer, 'contract', 1, cast(:day as date), min(invoice_id), min(due_on), 121, 'CG-2.d', :path,"
            " :sha256, :delivery_id from invoice",
            payer=payer_id, day=day, path=path, sha256=hashlib.sha256(content).hexdigest(), delivery_id=delivery_id,
        )  # fmt: skip
        return content


@pytest.fixture
def letters(outside: Outside, scene: Scene, run: Run) -> Letters:
    archive.archive_run(outside, run)
    return Letters(outside, scene)


def test_letters_that_left_are_archived_by_day_and_one_that_waits_is_not(outside: Outside, letters: Letters) -> None:
    alfa, beta = letters.sent("ALFA", "2026-12-04"), letters.sent("BETA", "2026-12-05")
    waiting = letters.sent("BETA", "2026-12-06", state="pending")
    assert archive.archive_letters(outside) == 2
    whole = files(outside)
    assert (whole[kept(alfa)], whole[kept(beta)], kept(waiting) in whole) == (alfa, beta, False)
    assert json.loads(whole["manifests/letters-2026-12-04.json"]) == {
        "of": "letters 2026-12-04", "documents": 1,
        "entries": [{
            "document": "letter", "payer_id": "ALFA", "level": 1, "issued_on": "2026-12-04", "open_amount": "121.00",
            "path": "2026-12/letters/ALFA-1-2026-12-04.pdf", "sha256": hashlib.sha256(alfa).hexdigest(),
        }],
    }  # fmt: skip
    assert archive.verify(outside) == []


def test_a_letter_that_left_later_the_same_day_gets_a_manifest_of_its_own_and_the_first_stays(outside: Outside, letters: Letters) -> None:
    letters.sent("ALFA", "2026-12-04")
    archive.archive_letters(outside)
    before = files(outside)
    letters.sent("BETA", "2026-12-04")
    assert (archive.archive_letters(outside), archive.archive_letters(outside)) == (1, 0)
    assert {path: content for path, content in files(outside).items() if path in before} == before
    assert "manifests/letters-2026-12-04-2.json" in files(outside)
    assert archive.verify(outside) == []


def test_a_letter_somebody_changed_in_the_archive_is_named(outside: Outside, letters: Letters) -> None:
    alfa = letters.sent("ALFA", "2026-12-04")
    archive.archive_letters(outside)
    open_archive(outside.settings).write(kept(alfa), b"other")
    (finding,) = archive.verify(outside)
    assert finding.startswith(f"{kept(alfa)}: letter of level 1 of 2026-12-04 to ALFA was changed")


def test_a_letter_whose_pdf_is_lost_holds_no_dunning_up_and_is_named_for_good(outside: Outside, letters: Letters) -> None:
    letters.sent("ALFA", "2026-12-04")
    letters.sent("BETA", "2026-12-04")
    outside.out.remove("2026-12/letters/ALFA-1-2026-12-04.pdf")
    assert archive.archive_letters(outside) == 1
    assert archive.verify(outside) == ["letter of level 1 of 2026-12-04 to ALFA is not archived; `billing archive make 2026-12` does it"]


# ------------------------------------------------------------------------------------------------ the command
def test_the_command_names_each_fault_and_ends_with_1(here: Path, outside: Outside, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["archive", "make", "2026-10"]) == 0
    assert main(["archive", "verify"]) == 0
    assert capsys.readouterr().out == (
        "close 2026-10: 3 documents\narchive: 3 documents in 1 manifests, nothing is missing, changed or besides\n"
    )
    delete_a_file(open_archive(outside.settings))
    assert main(["archive", "verify", "2026-10"]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith(f"{kept(SUMMARY)}: summary 2026-000001 E1 is missing")
    assert said[1] == "archive: 3 documents in 1 manifests, findings: 1"
