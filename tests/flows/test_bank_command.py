"""The commands `bank` and `allocate` on the small operator, from the invoices of a close to the worklist."""

from datetime import date
from pathlib import Path

import pytest

from flows.command_line import main
from tests.bank_files import OURS, Paid, StatementOf, camt, coda
from tests.world import world


@pytest.fixture
def closed(here: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """October closed and issued."""
    world().write(here / "feed")
    (here / "feed/bank").mkdir()
    assert main(["close", "2026-10", "--approve"]) == 0, capsys.readouterr().err
    capsys.readouterr()
    return here


def invoice_of(folder: Path, payer: str) -> tuple[str, str, str]:
    """Number, gross and the digits of the communication of the invoice of a payer."""
    rows = (folder / "out/2026-10/invoices.csv").read_text().splitlines()
    [row] = [row.split(",") for row in rows if f",{payer}," in row]
    return row[0], row[7], row[8].strip("+").replace("/", "")


def test_from_a_statement_to_the_worklist_and_back(closed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    number, gross, digits = invoice_of(closed, "CL-LUX")
    sip, sip_gross, _ = invoice_of(closed, "CL-SIP")
    paid = (Paid(gross, digits, "LU280019400644750000"), Paid(sip_gross, "invoice", "BE68539007547034", "Sip client"))
    (closed / "feed/bank/1.cod").write_bytes(coda(StatementOf(1, date(2026, 11, 5), "0.00", paid)))
    assert main(["bank", "--on", "2026-11-04"]) == 0
    assert "0 new statements, 1 of a later day left" in capsys.readouterr().out
    assert main(["bank", "--on", "2026-11-05"]) == 0
    said = capsys.readouterr().out
    assert "bank: 1 new statements, 2 movements: 1 matched, 0 returned, 0 outgoing, 1 unmatched, 0 refused" in said
    worklist = (closed / "out/unmatched.csv").read_text().splitlines()
    assert worklist[0].startswith("movement,booked_on,value_on,amount,unmatched,counterparty_iban,counterparty_name,")
    assert worklist[1].startswith(f"2,2026-11-05,2026-11-05,{sip_gross},{sip_gross},BE68539007547034,Sip client,")
    assert f"{sip}: this very amount is open" in worklist[1]
    assert main(["allocate", "2", sip, "--by", "Ann"]) == 0
    assert capsys.readouterr().out == f"movement 2: {sip_gross} EUR on invoice {sip}\n"
    assert len((closed / "out/unmatched.csv").read_text().splitlines()) == 1
    assert main(["pay", number, "1.00", "--on", "2026-11-06"]) == 1
    assert "is paid in full" in capsys.readouterr().err


def test_a_refused_file_ends_with_1_names_file_and_line_and_stands_among_the_rejects(
    closed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (closed / "feed/bank/1.cod").write_bytes(coda(StatementOf(1, date(2026, 11, 5), "0.00", (Paid("1.00", "?"),))))
    (closed / "feed/bank/2.xml").write_bytes(camt(StatementOf(1, date(2026, 11, 5), "0.00", iban="BE62510007547061")))
    assert main(["bank"]) == 1
    said = capsys.readouterr().err
    assert "refused: bank/2.xml line 4: statement BE62510007547061/2026/1 is of an account that is not ours" in said
    assert "1 new statements" in said
    assert main(["export", "2026-10"]) == 0
    assert "bank/2.xml,4,statement," in (closed / "out/2026-10/rejects.csv").read_text()
    assert main(["import"]) == 0
    assert main(["status"]) == 0
    assert "1 reject" in capsys.readouterr().out
    (closed / "feed/bank/2.xml").unlink()
    assert main(["bank"]) == 0


def test_a_gap_is_accepted_by_its_name_and_by_somebody(closed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number, day in ((1, 5), (3, 7)):
        statement = StatementOf(number, date(2026, 11, day), "0.00", (Paid("0.00"),))
        (closed / f"feed/bank/{number}.cod").write_bytes(coda(statement))
    assert main(["bank"]) == 1
    assert f"statement {OURS}/2026/3 waits" in capsys.readouterr().err
    assert main(["bank", "--accept-gap", f"{OURS}/2026/3"]) == 1
    assert "give --by NAME" in capsys.readouterr().err
    assert main(["bank", "--accept-gap", f"{OURS}/2026/3", "--by", "Ann"]) == 0
    assert main(["bank", "--accept-gap", f"{OURS}/2026/3", "--by", "Ann"]) == 1
    assert "does not wait for another statement" in capsys.readouterr().err


@pytest.mark.parametrize(
    "given",
    [
        ["allocate", "1", "--by", "Ann"],
        ["allocate", "1", "X", "--aside", "--by", "Ann"],
        ["allocate", "x", "X", "--by", "A"],
        ["allocate", "1", "X"],
    ],
)
def test_an_allocation_that_is_not_said_right_is_wrong_usage(here: Path, given: list[str]) -> None:
    try:
        code = main(given)
    except SystemExit as stopped:
        code = int(str(stopped.code))
    assert code == 2
