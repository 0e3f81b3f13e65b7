"""A whole close through the documents gate, its e-invoices held to all rules there are; and one that was changed in the store."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from flows.command_line import main
from tests.peppol_rules import peppol_rules
from tests.world import write_world


@pytest.mark.clause("CG-2.b")
def test_the_e_invoices_of_a_close_pass_every_rule_and_one_that_would_be_refused_is_named_by_the_command(
    here: Path, database: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BILLING_PEPPOL_RULES", str(peppol_rules()))
    monkeypatch.setenv("BILLING_APPROVAL", "auto")
    write_world(here / "feed")
    assert main(["close", "2026-10"]) == 0
    with database.connect() as conn:
        found = conn.execute(text("select check_name, found from gate_finding where gate = 'documents' and check_name like 'e_invoice%'"))
        assert {str(name): int(count) for name, count in found.tuples()} == {
            "e_invoice_missing": 0,
            "e_invoice_refused": 0,
            "e_invoice_differs": 0,
            "e_invoice_doubted": 0,
        }
    files = sorted((here / "out" / "2026-10" / "invoices").glob("*.xml"))
    assert len(files) == 7
    capsys.readouterr()
    assert main(["check-e-invoice", *map(str, files)]) == 0
    files[0].write_bytes(files[0].read_bytes().replace(b"BE71096123456769", b"BE71096123456768"))
    assert main(["check-e-invoice", *map(str, files)]) == 1
    assert f"{files[0]}: fatal house-account: " in capsys.readouterr().out
