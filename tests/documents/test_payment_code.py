"""The QR code on what is to be paid: read from the page as a telephone sees it, and held against the document."""

import random
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from billing.numbering import check_digits
from reports.invoice_pdf import render
from reports.layout import Pen
from reports.qr import draw_qr, payment_payload
from reports.records import InvoiceRecord, Language
from reports.wording import LANGUAGES
from tests.documents.debit_notes import debit_note
from tests.documents.kinds import COLLECTION, every_kind, with_head
from tests.documents.reading import codes_seen, qr_code
from tests.documents.samples import SELLER, credit_note, invoice, life_of_a_contract, partner_invoice

D = Decimal
PAID_TO = "BCD\n002\n1\nSCT\nGKCCBEBB\nExample Cloud Telephony SRL\nBE71096123456769\n"
NOTHING = D("0.00")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("record", "said"),
    [
        pytest.param(invoice(4), "EUR60.50\n\n123456789012", id="an invoice of 60.50"),
        pytest.param(invoice(60, 1500), "EUR919.60\n\n123456789012", id="an invoice of 60 lines and 1,500 calls"),
        pytest.param(life_of_a_contract(), "EUR759.58\n\n123456789012", id="an invoice with a balance and credits"),
        pytest.param(partner_invoice(8), "EUR605.00\n\n123456789012", id="the invoice of a partner"),
        pytest.param(debit_note(), "EUR193.66\n\n272000001738", id="a debit note of 193.66"),
        pytest.param(with_head(invoice(1), gross=D("0.01")), "EUR0.01\n\n123456789012", id="a cent"),
        pytest.param(with_head(invoice(1), gross=D("12345678.90")), "EUR12345678.90\n\n123456789012", id="millions"),
        pytest.param(with_head(invoice(1), gross=D("999999999.99")), "EUR999999999.99\n\n123456789012", id="the most a code can carry"),
    ],
)
def test_a_banking_app_reads_from_the_page_what_is_to_be_paid(record: InvoiceRecord, said: str, language: Language) -> None:
    payer = replace(record.head.payer, language=language)
    assert codes_seen(render(with_head(record, payer=payer))) == [PAID_TO + said]


@pytest.mark.parametrize(
    ("record", "draft"),
    [
        pytest.param(credit_note(), False, id="a credit note"),
        pytest.param(with_head(invoice(1), net=NOTHING, vat_total=NOTHING, gross=NOTHING), False, id="an invoice of zero"),
        pytest.param(with_head(invoice(1), gross=D("-12.10")), False, id="an invoice in favour of the payer"),
        pytest.param(with_head(invoice(4), collection=COLLECTION), False, id="an invoice that is debited"),
        pytest.param(with_head(invoice(4), gross=D("1000000000.00")), False, id="more than a code can carry"),
        pytest.param(
            with_head(invoice(4), number="", issued_on=None, due_on=None, structured_reference=""), True, id="a draft"
        ),
    ],
)  # fmt: skip
def test_what_nobody_is_to_pay_by_transfer_has_no_code(record: InvoiceRecord, draft: bool) -> None:
    assert codes_seen(render(record, draft=draft)) == []


@pytest.mark.parametrize(
    ("setting", "communication"), [("digits", "123456789012"), ("structured", "+++123/4567/89012+++")], ids=["digits", "as printed"]
)
def test_the_communication_is_written_as_the_setting_says(setting: str, communication: str) -> None:
    seller = replace(SELLER, qr_reference=setting)  # type: ignore[arg-type]
    lines = codes_seen(render(with_head(invoice(4), seller=seller)))[0].split("\n")
    assert lines[9] == communication


def test_a_logo_and_a_long_name_leave_the_code_readable() -> None:
    name = "Société coopérative à responsabilité limitée des opérateurs téléphoniques wallons et bruxellois réunis"
    (said,) = codes_seen(render(with_head(invoice(4), seller=replace(SELLER, name=name))))
    assert said.split("\n")[5] == "Société coopérative à responsabilité limitée des opérateurs téléphoniq"
    assert codes_seen(every_kind("nl")["invoice_with_logo"]) == [f"{PAID_TO}EUR72.60\n\n123456789012"]


def test_the_code_is_there_on_the_screen_of_a_telephone_too() -> None:
    assert codes_seen(render(invoice(4)), dots_an_inch=72) == [f"{PAID_TO}EUR60.50\n\n123456789012"]


def test_one_mask_serves_all_payments() -> None:
    """A thousand amounts and communications, forty codes a page: each is read back as it was written."""
    chance = random.Random(7)
    for _ in range(25):
        written = [_payload(chance) for _ in range(40)]
        pen = Pen("codes", "", "fr-BE", date(2026, 1, 1))
        for place, payload in enumerate(written):
            draw_qr(pen, 20 + 110 * (place % 5), 830 - 102 * (place // 5), 100, payload)
        pen.next_page()
        assert set(codes_seen(pen.document(), dots_an_inch=150)) == set(written)


def _payload(chance: random.Random) -> str:
    base = chance.randrange(10**10)
    amount = D(chance.randrange(1, 10 ** chance.randrange(2, 11))).scaleb(-2)
    return payment_payload(SELLER, amount, [f"{base:010d}{check_digits(f'{base:010d}'):02d}"])


def test_the_drawn_rectangles_and_the_picture_say_the_same() -> None:
    assert [qr_code(every_kind("fr")["debit_note"])] == codes_seen(every_kind("fr")["debit_note"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_letter_has_one_code_and_each_statement_and_summary_none(language: Language) -> None:
    seen = {name: len(codes_seen(pdf)) for name, pdf in every_kind(language).items() if name.startswith(("letter", "statement", "summary"))}
    assert seen == {name: int(name.startswith("letter")) for name in seen}
