"""Looking into many documents: in their order, whatever they are, in processes that may die."""

import base64
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tasks.e_invoice import rule_processes
from tasks.e_invoice.validating import findings, looked_into
from tasks.ledger import Stopped
from tests.e_invoices.samples import CREDIT_NOTE, DEBIT_NOTE, INVOICE, PDF

ROOT = Path(__file__).parents[2]


def test_findings_come_in_the_order_of_the_documents_over_many_batches_and_processes() -> None:
    wrong = INVOICE.replace("12328+++", "12329+++").encode()
    files = [("2026-000001.xml", wrong if n % 7 == 0 else INVOICE.encode()) for n in range(2 * rule_processes.BATCH + 5)]
    looks = list(looked_into(iter(files), peppol_rules=None, workers=2))
    assert [bool(look.findings) for look in looks] == [n % 7 == 0 for n in range(len(files))]


def test_no_documents_have_no_findings() -> None:
    assert list(findings([], peppol_rules=None, workers=1)) == []


def test_the_sums_of_a_document_are_told_beside_its_findings() -> None:
    files = [("2026-000002.xml", CREDIT_NOTE.encode()), ("DN-2026-000001.xml", DEBIT_NOTE.encode())]
    told = [
        (one.figures.number, one.figures.kind, str(one.figures.gross))
        for one in looked_into(files, peppol_rules=None, workers=1)
        if one.figures
    ]
    assert told == [("2026-000002", "381", "48.85"), ("DN-2026-000001", "383", "40.00")]


def test_a_pdf_of_twenty_megabytes_is_embedded_and_holds_nothing_up() -> None:
    large = base64.b64encode(b"%PDF-1.4\n" + b"x" * 20_000_000 + b"\n%%EOF\n").decode()
    began = time.monotonic()
    assert list(findings([("2026-000001.xml", INVOICE.replace(PDF, large).encode())], peppol_rules=None, workers=1)) == []
    assert time.monotonic() - began < 60


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><Invoice>&b;</Invoice>'
SECRET = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><Invoice>&a;</Invoice>'


@pytest.mark.parametrize(
    ("content", "why"),
    [
        pytest.param(b"", "it is not XML", id="an empty file"),
        pytest.param(INVOICE.encode()[:-30], "it is not XML", id="a file that was cut off"),
        pytest.param(b"%PDF-1.4", "it is not XML", id="a PDF"),
        pytest.param(b"<html/>", "neither an Invoice nor a CreditNote", id="a page"),
        pytest.param(b"<Invoice/>", "neither an Invoice nor a CreditNote", id="an Invoice that is not of UBL"),
        pytest.param(BOMB, "document type declaration", id="entities that grow"),
        pytest.param(SECRET, "document type declaration", id="an entity that reads a file"),
        pytest.param(SECRET.decode().encode("utf-16"), "document type declaration", id="the same in UTF-16"),
    ],
)
def test_what_is_no_e_invoice_is_one_fatal_finding_and_the_next_document_is_looked_into(content: bytes, why: str) -> None:
    files = [("2026-000009.xml", content), ("2026-000001.xml", INVOICE.encode())]
    [one] = findings(files, peppol_rules=None, workers=1)
    assert (one.name, one.rule, one.severity) == ("2026-000009.xml", "house-readable", "fatal")
    assert why in one.text


def test_a_process_that_is_killed_stops_the_look_in_one_line_and_the_next_look_has_a_new_one() -> None:
    files = [("2026-000001.xml", INVOICE.encode())]
    assert list(findings(files, peppol_rules=None, workers=3)) == []  # a number of workers that no other test has

    def killing() -> object:
        for process in list(rule_processes._pools[3]._processes.values()):
            os.kill(process.pid, signal.SIGKILL)
        yield from files * 200

    began = time.monotonic()
    with pytest.raises(Stopped) as stopped:
        list(findings(killing(), peppol_rules=None, workers=3))
    assert str(stopped.value).startswith("a process that checks e-invoices was killed, most likely for want of memory")
    assert "\n" not in str(stopped.value)
    assert time.monotonic() - began < 60
    assert list(findings(files, peppol_rules=None, workers=3)) == []


LOOK_AND_WAIT = """
import time
from tasks.e_invoice import rule_processes
from tasks.e_invoice.validating import findings
from tests.e_invoices.samples import INVOICE
if __name__ == "__main__":
    list(findings([("2026-000001.xml", INVOICE.encode())], peppol_rules=None, workers=1))
    print(*rule_processes._pools[1]._processes, flush=True)
    time.sleep({seconds})
"""


@pytest.mark.parametrize("killed", [pytest.param(True, id="killed"), pytest.param(False, id="at its end")])
def test_the_processes_go_with_whoever_started_them(tmp_path: Path, killed: bool) -> None:
    script = tmp_path / "look.py"
    script.write_text(LOOK_AND_WAIT.format(seconds=60 if killed else 0))
    with subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    ) as started:
        assert started.stdout is not None
        worker = int(started.stdout.readline())
        if killed:
            started.kill()
        started.wait(30)
    until = time.monotonic() + 20
    while _is_running(worker) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _is_running(worker)


def _is_running(process_id: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process_id}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
