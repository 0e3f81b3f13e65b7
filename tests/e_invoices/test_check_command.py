"""`billing check-e-invoice`: what it says of files, and its exit code."""

from pathlib import Path

import pytest

from flows.command_line import main
from tests.e_invoices.samples import INVOICE
from tests.peppol_rules import each_peppol_rules


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A right invoice in a folder without settings."""
    monkeypatch.chdir(tmp_path)
    right = Path("2026-000001.xml")
    right.write_text(INVOICE)
    return right


def test_a_right_file_is_said_to_be_right_and_which_rules_it_was_held_to(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-e-invoice", str(file)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "2026-000001.xml: no rule finds a fault",
        "held to the schema of UBL 2.1, our own checks, the rules of EN 16931; set peppol_rules to a copy of those of Peppol to hold them to these too",
    ]


@each_peppol_rules
def test_with_a_copy_of_the_peppol_rules_it_is_held_to_these_too(
    file: Path, rules: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BILLING_PEPPOL_RULES", str(rules))
    file.write_text(INVOICE.replace("billing:01:1.0", "ordering:01:1.0"))
    assert main(["check-e-invoice", str(file)]) == 1
    told = capsys.readouterr().out
    assert "2026-000001.xml: fatal house-profile: ProfileID is 'urn:fdc:peppol.eu:2017:poacc:ordering:01:1.0'" in told
    assert "2026-000001.xml: fatal PEPPOL-EN16931-R007: " in told
    assert told.endswith(f"and those of Peppol ({rules})\n")


def test_what_is_fatal_exits_with_1_and_what_only_warns_with_0(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(INVOICE.replace("12328+++", "12329+++"))
    assert main(["check-e-invoice", str(file)]) == 1
    assert "2026-000001.xml: fatal house-communication: /Invoice/cac:PaymentMeans/cbc:PaymentID" in capsys.readouterr().out
    file.write_text(INVOICE.replace("</cbc:ID>", "</cbc:ID><cbc:UUID>1</cbc:UUID>", 1))
    assert main(["check-e-invoice", str(file)]) == 0
    assert "2026-000001.xml: warning UBL-CR-005: " in capsys.readouterr().out


def test_a_file_that_is_not_there_is_refused_in_one_line(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-e-invoice", str(file), "nowhere.xml"]) == 1
    assert capsys.readouterr().err == (
        "billing: nowhere.xml cannot be read (No such file or directory); name the XML files of e-invoices\n"
    )


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("PEPPOL_RULES", "nowhere.sch", "BILLING_PEPPOL_RULES = 'nowhere.sch': it cannot be read (No such file or directory); set peppol_rules to"),
        ("PEPPOL_RULES", "2026-000001.xml", "it is not a Schematron: its root is"),
        ("SELLER_VAT", "BE0123456748", "BILLING_SELLER_VAT = 'BE0123456748': 'BE0123456748' has wrong check digits; expected the Belgian"),
        ("SELLER_VAT", "LU99000154", "BILLING_SELLER_VAT = 'LU99000154': 'LU99000154' is no Belgian number; expected the Belgian VAT number"),
        ("SELLER_IBAN", "BE71096123456768", "BILLING_SELLER_IBAN = 'BE71096123456768': expected the IBAN that invoices are paid to"),
    ],
)  # fmt: skip
def test_a_wrong_setting_of_seller_or_rules_is_refused_before_anything_is_done(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], variable: str, value: str, says: str
) -> None:
    monkeypatch.setenv(f"BILLING_{variable}", value)
    assert main(["check-e-invoice", str(file)]) == 2
    told = capsys.readouterr().err
    assert says in told
    assert told.count("\n") == 1
