"""A dispute from the feed to the command `disputes`, the statement and the status, on the small operator."""

from decimal import Decimal
from pathlib import Path

import pytest

from flows.command_line import main
from tests.world import world


@pytest.mark.clause("GC-14.2", "GC-9.3", "CG-4")
def test_a_claim_of_day_31_is_imported_listed_marked_late_and_closed_by_finance(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The invoice of 28 October is contested on 28 November, day 31."""
    small = world()
    small.write(here / "feed")
    assert main(["close", "2026-10", "--approve"]) == 0, capsys.readouterr().err
    [invoice] = [row.split(",") for row in (here / "out/2026-10/invoices.csv").read_text().splitlines() if ",CL-SIP," in row]
    dispute = {"dispute_id": "D1", "invoice_number": invoice[0], "opened_on": "2026-11-28", "amount": "1.00", "phase": "claim"}
    small.tables["disputes"] = [dispute]
    small.write(here / "feed")
    assert main(["import"]) == 0
    capsys.readouterr()

    assert main(["disputes", "--on", "2026-12-01"]) == 0
    said = capsys.readouterr().out
    assert f"  invoice {invoice[0]} of 2026-10-28: open {invoice[7]}, asked meanwhile {Decimal(invoice[7]) - 1}" in said
    assert "D1  opened 2026-11-28          1.00  claim  LATE: 31 days after the invoice, more than 30" in said
    assert main(["disputes", "--on", "2026-12-01", "--csv"]) == 0
    assert (
        capsys.readouterr()
        .out.splitlines()[1]
        .startswith(f"CL-SIP,Wolkenhuis Stal,D1,{invoice[0]},2026-10-28,2026-11-28,31,True,claim,1.00,")
    )
    assert main(["statement", "CL-SIP", "--on", "2026-12-01"]) == 0
    assert "since 2026-11-28, claim, late claim (GC-14.2)" in capsys.readouterr().out
    assert main(["status"]) == 0
    assert "1 late claim waits for a decision (GC-14.2); see `billing disputes`" in capsys.readouterr().out

    small.tables["disputes"] = [{**dispute, "closed_on": "2026-12-05"}]
    small.write(here / "feed")
    assert main(["import"]) == 0
    capsys.readouterr()
    assert main(["disputes", "--on", "2026-12-05"]) == 0
    assert capsys.readouterr().out == "Disputes open on 2026-12-05, EUR including VAT\n  none\n"
    assert main(["disputes"]) == 0
