"""Where an e-invoice goes, and what it names as the electronic address of a payer."""

import pytest

from reports.peppol_address import endpoint, enterprise_digits, peppol_address, vat_identifier

CASES = [
    # Peppol id, country, VAT number; the electronic address named; where it is sent
    pytest.param("", "BE", "BE0123456749", ("0208", "0123456749"), "0208:0123456749", id="a Belgian VAT number: its ten digits"),
    pytest.param("", "BE", "be 0123.456.749", ("0208", "0123456749"), "0208:0123456749", id="written with blanks and dots"),
    pytest.param("", "BE", "123456749", ("0208", "0123456749"), "0208:0123456749", id="nine digits, as before 2005"),
    pytest.param("0208:0987654394", "BE", "BE0123456749", ("0208", "0987654394"), "0208:0987654394", id="a Peppol id goes first"),
    pytest.param("0208:be0123.456.749", "BE", "", ("0208", "0123456749"), "0208:0123456749", id="an old way to write it"),
    pytest.param("9938:LU99000154", "LU", "LU99000154", ("9938", "LU99000154"), "9938:LU99000154", id="another scheme stays as it is"),
    pytest.param("0208:0123456748", "BE", "", None, "", id="a number with wrong check digits is none"),
    pytest.param("0123456749", "BE", "BE0123456749", ("0208", "0123456749"), "0208:0123456749", id="an id without scheme is none"),
    pytest.param("EM:a@b.example", "BE", "", None, "", id="a mail address is none"),
    pytest.param("", "LU", "LU99000154", ("9938", "LU99000154"), "", id="a foreign company is named by its VAT number, not sent to"),
    pytest.param("", "GR", "999999999", ("9933", "EL999999999"), "", id="Greek numbers begin with EL"),
    pytest.param("", "FR", "BE0123456749", ("0208", "0123456749"), "", id="from abroad, registered here: named, not sent to"),
    pytest.param("", "US", "", None, "", id="outside the Union without a number"),
    pytest.param("", "BE", "", None, "", id="a private person"),
]


@pytest.mark.parametrize(("peppol_id", "country", "vat_number", "named", "sent_to"), CASES)
def test_an_e_invoice_is_addressed_by_peppol_id_then_by_number(
    peppol_id: str, country: str, vat_number: str, named: tuple[str, str] | None, sent_to: str
) -> None:
    assert endpoint(peppol_id, country, vat_number) == named
    assert peppol_address(peppol_id, country, vat_number) == sent_to


@pytest.mark.parametrize(
    ("country", "written", "identifier"),
    [
        ("BE", "BE 0123.456.749", "BE0123456749"),
        ("BE", "0123 456 749", "BE0123456749"),
        ("BE", "BE123456749", "BE0123456749"),
        ("LU", "LU 99 00 01 54", "LU99000154"),
        ("LU", "99000154", "LU99000154"),
        ("CH", "CHE-123.456.788 MWST", "CHE123456788MWST"),
        ("BE", "", ""),
        ("BE", "none", ""),
    ],
)
def test_a_vat_number_is_written_with_the_prefix_of_its_country_and_nothing_between(country: str, written: str, identifier: str) -> None:
    assert vat_identifier(written, country) == identifier


@pytest.mark.parametrize("written", ["", "BE", "BE2123456749", "BE01234567490", "LU99000154", "0123456748", "BE012345674९"])
def test_what_is_no_belgian_number_has_no_enterprise_number(written: str) -> None:
    assert enterprise_digits(written) == ""
