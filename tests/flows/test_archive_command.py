"""`billing archive`: whatever a month issued is archived by the run that issued it, and any change is told with exit code 1."""

import json
from pathlib import Path

import pytest

from flows.command_line import main
from tests.world import world


@pytest.fixture
def closed(here: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """October closed, and a line of invoice 2026-000003 credited on 5 November; returns the archive."""
    world().write(here / "feed")
    assert main(["close", "2026-10", "--approve"]) == 0
    credited = ["credit", "2026-000003", "--line", "2", "--amount", "10", "--reason", "agreed by phone", "--on", "2026-11-05"]
    assert main(credited) == 0
    capsys.readouterr()
    return here / "out" / "archive"


def test_a_close_and_a_credit_archive_what_they_issue_and_every_amount_is_that_of_the_ledger(
    closed: Path, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifests = {path.name: json.loads(path.read_text()) for path in sorted((closed / "manifests").iterdir())}
    close, credit = manifests["close-2026-10.json"], next(each for name, each in manifests.items() if name.startswith("credit-"))
    assert (credit["of"], credit["net"], credit["gross"]) == ("credit 2026-000003", "-10.00", "-12.10")
    billed = [line.split(",") for line in (here / "out" / "2026-10" / "invoices.csv").read_text().splitlines()[1:]]
    of_manifest = {entry["number"]: entry["gross"] for entry in close["entries"] if entry["document"] == "invoice"}
    assert of_manifest == {row[0]: row[7] for row in billed}
    assert main(["archive", "verify"]) == 0
    documents = close["documents"] + credit["documents"]
    assert capsys.readouterr().out == f"archive: {documents} documents in 2 manifests, nothing is missing, changed or besides\n"


def test_one_byte_of_one_document_is_enough(closed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    entry = json.loads((closed / "manifests" / "close-2026-10.json").read_text())["entries"][0]
    kept = closed / "sha256" / entry["sha256"][:2] / f"{entry['sha256']}.pdf"
    content = bytearray(kept.read_bytes())
    content[-10] ^= 1
    kept.write_bytes(bytes(content))
    assert main(["archive", "verify", "2026-10"]) == 1
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 2
    assert said[0].startswith(f"sha256/{entry['sha256'][:2]}/{entry['sha256']}.pdf: invoice {entry['number']} was changed")
    assert main(["archive", "verify", "2026-11"]) == 0


@pytest.mark.parametrize(
    "arguments", [(), ("verify", "October"), ("make",), ("burn",)], ids=["nothing", "no month", "no month to make", "no such"]
)
def test_what_is_no_question_is_wrong_usage(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["archive", *arguments])
    assert ended.value.code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
