"""The command `collect` on the small operator: from mandates.csv to the money, a return, and the audit of the month."""

from datetime import date
from pathlib import Path

import pytest

from flows.command_line import main
from tests.bank_files import Paid, StatementOf, camt
from tests.documents.reading import text
from tests.world import csv_bytes, world

COLUMNS = ("mandate_id", "payer_id", "iban", "bic", "holder", "signed_on", "scheme", "ends_on")
IBAN = "BE68539007547034"
FILE = "2026-11/collections/2026-11-20-CORE.xml"


def mandates(here: Path, *rows: tuple[str, str, str]) -> None:
    """Deliver mandates: id, payer, last day."""
    given = [{"mandate_id": name, "payer_id": payer, "iban": IBAN, "bic": "", "holder": "", "signed_on": "2026-01-05", "scheme": "CORE",
              "ends_on": ends_on} for name, payer, ends_on in rows]  # fmt: skip
    (here / "feed/mandates.csv").write_bytes(csv_bytes(COLUMNS, given))


def invoice_of(folder: Path, payer: str) -> tuple[str, str]:
    """Number and gross of the invoice of a payer."""
    rows = (folder / "out/2026-10/invoices.csv").read_text().splitlines()
    [row] = [row.split(",") for row in rows if f",{payer}," in row]
    return row[0], row[7]


def test_from_a_mandate_to_the_money_and_back(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world().write(here / "feed")
    (here / "feed/bank").mkdir()
    mandates(here, ("M-PACK", "CL-PACK", ""), ("M-SIP", "CL-SIP", ""))
    assert main(["close", "2026-10", "--approve"]) == 0, capsys.readouterr().err
    (pack, pack_gross), (sip, sip_gross), (lux, _) = (invoice_of(here, payer) for payer in ("CL-PACK", "CL-SIP", "CL-LUX"))
    assert "débité le 27 novembre 2026" in text((here / f"out/2026-10/invoices/{pack}.pdf").read_bytes())
    assert "débité" not in text((here / f"out/2026-10/invoices/{lux}.pdf").read_bytes())

    mandates(here, ("M-PACK", "CL-PACK", ""), ("M-SIP", "CL-SIP", "2026-11-15"), ("M-LUX", "CL-LUX", ""))
    assert main(["import"]) == 0
    capsys.readouterr()
    assert main(["audit", "2026-10"]) == 0
    assert "no difference from what was issued" in capsys.readouterr().out

    assert main(["collect", "--on", "2026-11-20", "--preview"]) == 0
    assert capsys.readouterr().out == (
        f"direct debit 2026-11-20: 1 debits would be made\n  {pack}: {pack_gross} EUR of CL-PACK on 2026-11-27, CORE mandate M-PACK, FRST\n"
    )
    assert main(["collect", "--on", "2026-11-20"]) == 0
    assert f"{FILE}: 1 CORE debits of {pack_gross} EUR on 2026-11-27" in capsys.readouterr().out
    made = (here / "out" / FILE).read_bytes()
    assert main(["collect", "--on", "2026-11-20"]) == 0
    assert "made before and written again" in capsys.readouterr().out
    assert (here / "out" / FILE).read_bytes() == made
    assert main(["collect", "--on", "2026-11-19"]) == 1
    assert "collect on 2026-11-20 or later" in capsys.readouterr().err

    credit = Paid(pack_gross, batch="DD-20261127-CORE-20261120-FRST")
    (here / "feed/bank/1.xml").write_bytes(camt(StatementOf(1, date(2026, 11, 27), "0.00", (credit,))))
    back = Paid(f"-{pack_gross}", end_to_end=pack, returned="AM04")
    (here / "feed/bank/2.xml").write_bytes(camt(StatementOf(2, date(2026, 12, 1), pack_gross, (back,))))
    assert main(["bank", "--on", "2026-11-27"]) == 0
    assert "1 matched" in capsys.readouterr().out
    assert main(["pay", pack, "1.00", "--on", "2026-11-28"]) == 1
    assert "is paid in full" in capsys.readouterr().err
    assert main(["bank"]) == 0
    assert "1 returned" in capsys.readouterr().out
    assert main(["pay", pack, pack_gross, "--on", "2026-12-02"]) == 0
    assert main(["pay", sip, sip_gross, "--on", "2026-12-02"]) == 0
    assert main(["audit", "2026-10"]) == 0


def test_a_creditor_identifier_that_is_none_is_refused_before_anything_is_done(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BILLING_SELLER_CREDITOR_ID", "BE82ZZZ0123456749")
    assert main(["collect", "--on", "2026-11-20"]) == 2
    assert "expected the creditor identifier that the bank gave, as BE81ZZZ0123456749; check its digits" in capsys.readouterr().err
