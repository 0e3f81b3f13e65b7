"""The commands `set-off`, `statement` and `activation`, and the files of credits and subscriptions, on the small operator."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from flows.command_line import main
from tests.world import World, world

CLOSED = ["close", "2026-10", "--approve"]


def with_money() -> World:
    """CL-LUX has a deposit of 20.00 and a credit of 10.00; CL-SIP pays for measures after misuse."""
    small = world()
    small.tables["deposits"] = [{"deposit_id": "D1", "payer_id": "CL-LUX", "on": "2026-09-01", "amount": "20.00", "kind": "deposit"}]
    small.tables["credits"] = [{"credit_id": "K1", "contract_id": "C-LUX", "on": "2026-10-20", "amount": "10.00", "reason": "6 h"}]
    small.tables["charges"] = [
        {"charge_id": "CH1", "contract_id": "C-SIP", "on": "2026-10-14", "description": "Measures after misuse", "quantity": "1",
         "unit_price": "150.00", "reason_clause": "GC-4.5"},
    ]  # fmt: skip
    return small


@pytest.fixture
def closed(here: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """October closed: CL-LUX owes 21.29 (31.29 less the credit), due on 27 November."""
    with_money().write(here / "feed")
    assert main(CLOSED) == 0, capsys.readouterr().err
    capsys.readouterr()
    return here


def invoice_of(folder: Path, payer: str) -> list[str]:
    rows = (folder / "out/2026-10/invoices.csv").read_text().splitlines()
    [row] = [row.split(",") for row in rows if f",{payer}," in row]
    return row


@pytest.mark.clause("GC-5.3", "GC-10.5", "GC-4.5")
def test_what_is_charged_credited_and_deposited_is_seen_from_the_files_to_the_statement(
    closed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoice_of(closed, "CL-LUX")[5] == "21.29"
    assert invoice_of(closed, "CL-SIP")[5] == "191.39"
    lines = (closed / "out/2026-10/invoice_lines.csv").read_text()
    assert "C-LUX,CL-LUX,,,credit,2026-10-20,2026-10-20,1,-10,-10.00,AE,0.00,GC-10.5" in lines
    assert "C-SIP,CL-SIP,,,one_off,2026-10-14,2026-10-14,1,150,150.00,S,21.00,GC-4.5" in lines
    assert (closed / "out/2026-10/payouts.csv").read_text() == "credit_id,contract_id,payer_id,granted_on,amount,used,left,reason\n"

    number = invoice_of(closed, "CL-LUX")[0]
    asked = ["--on", "2026-12-01", "--by", "Ann", "--reason", "second reminder unanswered"]
    assert main(["set-off", "CL-LUX", "25.00", *asked]) == 1
    assert "25.00 EUR is more than the 20.00 EUR of deposit held for CL-LUX" in capsys.readouterr().err
    assert main(["set-off", "CL-LUX", *asked]) == 0
    assert f"20.00 EUR of invoice {number}; 0.00 EUR stay held" in capsys.readouterr().out
    assert main(["statement", "CL-LUX", "--on", "2026-12-01"]) == 0
    assert "open 1.29, overdue 1.29" in capsys.readouterr().out
    assert main(["statement", "CL-LUX", "--on", "2026-12-01", "--csv"]) == 0
    assert f"invoice,{number},2026-10-28,2026-11-27,21.29,1.29,0.00," in capsys.readouterr().out
    assert main(["pay", number, "1.30", "--on", "2026-12-02"]) == 1
    assert "1.29 EUR open" in capsys.readouterr().err


@pytest.mark.clause("GC-10.5")
def test_a_credit_is_not_lowered_below_what_is_used_of_it(closed: Path, database: Engine) -> None:
    for amount, refused in (("9.99", 1), ("10.00", 0), ("12.00", 0)):
        small = with_money()
        small.row("credits", "K1")["amount"] = amount
        small.write(closed / "feed")
        assert main(["import"]) == 0
        with database.connect() as conn:
            found = conn.exec_driver_sql("select reason from feed_reject where resolved_import is null and path = 'credits.csv'").all()
        assert len(found) == refused, amount
        assert all(row[0] == "less than the 10.00 EUR of it that invoices have used; give at least that" for row in found)


def test_a_statement_of_nobody_is_refused_and_a_set_off_needs_its_reason(closed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["statement", "CL-NOBODY", "--on", "2026-12-01"]) == 1
    assert capsys.readouterr().err == "billing: there is no payer CL-NOBODY; give the payer_id of contracts.csv\n"
    with pytest.raises(SystemExit) as ended:
        main(["set-off", "CL-LUX", "--on", "2026-12-01", "--by", "Ann"])
    assert ended.value.code == 2
    assert "--reason" in capsys.readouterr().err


@pytest.mark.clause("WM-2.b")
def test_a_subscription_is_listed_for_activation_when_its_invoice_is_paid(
    here: Path, database: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    small = world()
    names = {"name_fr": "Licence", "name_nl": "Licentie", "name_en": "Licence", "revenue_account": "700100"}
    small.tables["products"].append({"product": "wm", "service": "web_meeting", "kind": "licence", "timing": "at_order", **names})
    small.tables["prices"].append({"product": "wm", "valid_from": "2025-01-01", "unit_price": "10.00"})
    line = {"line_id": "L-WM", "contract_id": "C-START", "end_client_id": "CL-START", "product": "wm", "quantity": "1"}
    small.tables["order_lines"].append({**line, "starts_on": "2026-11-01"})
    small.write(here / "feed")
    assert main(["orders", "--on", "2026-10-20"]) == 0, capsys.readouterr().err
    file = here / "out/2026-10/activation.csv"
    number = invoice_of(here, "CL-START")[0]
    assert file.read_text().splitlines()[1].endswith(",wait")
    gross = invoice_of(here, "CL-START")[7]
    assert main(["pay", number, gross, "--on", "2026-10-22"]) == 0
    capsys.readouterr()
    assert main(["activation", "--on", "2026-10-22"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said == [
        f"activate  L-WM  wm  2026-11-01 to 2026-11-30  invoice {number}, paid on 2026-10-22",
        "2026-10-22: 1 to activate, 0 to wait for their payment",
    ]
    assert file.read_text().splitlines()[1] == f"L-WM,C-START,CL-START,wm,2026-11-01,2026-11-30,{number},0.00,2026-10-22,activate"


def test_receivables_are_written_for_a_day_and_a_statement_is_drawn_for_its_payer(closed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["receivables", "--on", "2026-12-01", "--statements"]) == 0
    assert "2026-12/ageing.csv" in capsys.readouterr().out
    rows = (closed / "out/2026-12/ageing.csv").read_text().splitlines()
    [of_lux] = [row for row in rows if row.startswith("CL-LUX,")]
    assert of_lux.endswith(",0.00,21.29,0.00,0.00,0.00,0.00,20.00,0.00,21.29,0.00")
    assert main(["statement", "CL-LUX", "--on", "2026-12-01", "--pdf", str(closed / "lux.pdf")]) == 0
    assert capsys.readouterr().out == f"{closed / 'lux.pdf'}\n"
    assert (closed / "lux.pdf").read_bytes() == (closed / "out/2026-12/statements/CL-LUX.pdf").read_bytes()
    assert main(["statement", "CL-LUX", "--on", "2026-12-01", "--from", "2026-10-01", "--csv"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "2026-12-01,closing,,,,21.29"
    assert main(["statement", "CL-LUX", "--on", "2026-12-01", "--pdf", str(closed / "nowhere/lux.pdf")]) == 1
    assert "nowhere/lux.pdf: No such file or directory; give a file in a folder that is there" in capsys.readouterr().err
