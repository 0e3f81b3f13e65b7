"""What cannot be right of a payer, number by number."""

import pytest

from tasks.e_invoice.master_data import faults_of

CASES = [
    # Belgian numbers
    ("BE", "BE0999000129", "", ()),
    ("BE", "BE 0999.000.129", "", ()),  # as people write it
    ("BE", "0999000129", "", ()),  # without its prefix
    ("BE", "be0999000129", "0208:0999000129", ()),
    ("BE", "", "", ()),  # who is no company has none
    ("BE", "BE0999000130", "", ("vat_number 'BE0999000130' has wrong check digits",)),
    ("BE", "BE099900012", "", ("vat_number 'BE099900012' is not BE and ten digits, the first of them 0 or 1",)),
    ("BE", "BE2999000129", "", ("vat_number 'BE2999000129' is not BE and ten digits, the first of them 0 or 1",)),
    ("BE", "n/a", "", ("vat_number 'n/a' has no digits",)),
    # other member states
    ("LU", "LU99000154", "9938:LU99000154", ()),
    ("FR", "fr 83.404.833.048", "", ()),
    ("GR", "EL094014201", "", ()),
    ("LU", "LU99000155", "", ("vat_number 'LU99000155' has wrong check digits",)),
    ("FR", "FR123", "", ("vat_number 'FR123' is not of the form that numbers of FR have",)),
    ("GR", "GR094014201", "", ("vat_number 'GR094014201' does not begin with the prefix of a member state (EL for GR)",)),
    ("FR", "ZZ404833048", "", ("vat_number 'ZZ404833048' does not begin with the prefix of a member state (FR for FR)",)),
    # whose number it is
    ("FR", "LU99000154", "", ("vat_number 'LU99000154' is not of the payer's country, FR, whose numbers begin with FR",)),
    ("BE", "LU99000154", "", ("vat_number 'LU99000154' is not of the payer's country, BE, whose numbers begin with BE",)),
    ("FR", "BE0123456749", "", ()),  # from abroad, registered in Belgium
    ("GB", "XI980780684", "", ()),  # Northern Ireland
    ("GB", "GB123456789", "", ()),  # Great Britain: not checked
    ("GB", "FR83404833048", "", ("vat_number 'FR83404833048' is not of the payer's country, GB, whose numbers begin with XI",)),
    ("CH", "CHE-123.456.788 MWST", "", ()),  # not of the Union: not checked
    ("US", "", "", ()),
    # electronic addresses
    ("BE", "", "0208:0999000129", ()),
    ("BE", "BE0999000129", "9925:BE0999000129", ()),
    ("BE", "BE0999000129", "0999000129", ("peppol_id '0999000129' is not written as scheme:value, as 0208:0123456749",)),
    ("BE", "BE0999000129", "0208:", ("peppol_id '0208:' is not written as scheme:value, as 0208:0123456749",)),
    ("BE", "BE0999000129", "9999:0999000129", ("peppol_id '9999:0999000129': '9999' is no scheme of Peppol addresses",)),
    ("BE", "BE0999000129", "EM:pay@client.example", ("peppol_id 'EM:pay@client.example': 'EM' is no scheme of Peppol addresses",)),
    (
        "BE", "BE0999000129", "0208:0999000130",
        ("peppol_id '0208:0999000130': '0999000130' is no Belgian enterprise number: ten digits, the last two of them check digits",),
    ),
    # numbers that the Peppol rules check beside ours
    ("BE", "", "0088:5412345000013", ()),
    ("BE", "", "0088:5412345000014", ("peppol_id '0088:5412345000014': '5412345000014' is no GLN",)),
    ("BE", "", "0088:541 2345 000013", ("peppol_id '0088:541 2345 000013': '541 2345 000013' is no GLN",)),
    ("NO", "", "0192:988077917", ()),
    ("NO", "", "0192:988077918", ("peppol_id '0192:988077918': '988077918' is no Norwegian organisation number",)),
    ("DK", "", "0184:DK13585628", ()),
    ("DK", "", "0184:1358562", ("peppol_id '0184:1358562': '1358562' is no Danish organisation number",)),
    ("DK", "", "0198:13585628", ("peppol_id '0198:13585628': '13585628' is no Danish VAT number",)),
    ("DK", "", "0096:123456789", ("peppol_id '0096:123456789': '123456789' is no number of a Danish chamber of commerce",)),
    ("SE", "", "0007:5560360793", ()),
    ("SE", "", "0007:556036-0793", ("peppol_id '0007:556036-0793': '556036-0793' is no Swedish organisation number",)),
    ("AU", "", "0151:83914571673", ()),
    ("AU", "", "0151:83914571674", ("peppol_id '0151:83914571674': '83914571674' is no Australian business number",)),
    ("BE", "BE0999000129", "0208:0999000228", ("peppol_id '0208:0999000228' is of another company than vat_number 'BE0999000129'",)),
    (
        "BE", "BE0999000130", "9999:1",
        ("vat_number 'BE0999000130' has wrong check digits", "peppol_id '9999:1': '9999' is no scheme of Peppol addresses"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("country", "vat_number", "peppol_id", "faults"), CASES)
def test_what_cannot_be_right_of_a_payer_is_said(country: str, vat_number: str, peppol_id: str, faults: tuple[str, ...]) -> None:
    assert faults_of(country, vat_number, peppol_id) == faults
