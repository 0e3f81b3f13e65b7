"""A pain.008 file by itself: what a bank would refuse is not in it, and the same debits make the same bytes."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from lxml import etree

from tasks.collecting.file import Creditor, Transaction, direct_debit_file, sepa_text
from tasks.ledger import Stopped

CREDITOR = Creditor("Exemple & Télécom SRL", "BE71 0961 2345 6769", "GKCCBEBB", "BE81ZZZ0123456749")
DEBITED, MADE = date(2026, 11, 27), date(2026, 11, 20)
ONE = Transaction(
    "2026-000001", Decimal("121.00"), "FRST", "M-1", date(2026, 1, 5), "BE68539007547034", "GKCCBEBB", "Zoë", "+++260/0000/00170+++"
)


def made(*debits: Transaction) -> bytes:
    return direct_debit_file(CREDITOR, "CORE", DEBITED, MADE, debits)


def texts(content: bytes, name: str) -> list[str]:
    return [str(one.text) for one in etree.fromstring(content).iter(f"{{*}}{name}")]


@pytest.mark.parametrize(
    ("text", "length", "expected"),
    [
        ("Société Générale", 70, "Societe Generale"),
        ("Van den Broeck & Zn", 70, "Van den Broeck + Zn"),
        ("A_B #1 «C» <d>", 70, "A B 1 C d"),
        ("Ελλάδα", 70, "Ellada"),
        ("x" * 80, 70, "x" * 70),
        ("+++260/0000/00170+++", 140, "+++260/0000/00170+++"),
        ("☎☎", 70, ""),
    ],
)
def test_texts_are_in_the_letters_that_every_bank_takes(text: str, length: int, expected: str) -> None:
    assert sepa_text(text, length) == expected


def test_the_order_in_which_debits_come_does_not_matter() -> None:
    second = replace(ONE, end_to_end_id="2026-000002", sequence="RCUR", amount=Decimal("0.05"))
    assert made(ONE, second) == made(second, ONE)
    assert texts(made(second, ONE), "EndToEndId") == ["2026-000001", "2026-000002"]
    assert texts(made(second, ONE), "CtrlSum") == ["121.05", "121.00", "0.05"]


def test_a_bank_that_is_not_named_is_said_not_to_be() -> None:
    assert texts(made(replace(ONE, bic="")), "DbtrAgt") != []
    assert b"<Id>NOTPROVIDED</Id>" in made(replace(ONE, bic=""))


def test_a_holder_whose_name_no_bank_can_write_is_named_by_his_mandate() -> None:
    assert "M-1" in texts(made(replace(ONE, name="☎☎")), "Nm")


@pytest.mark.parametrize("broken", [replace(ONE, iban="68539007547034"), replace(ONE, mandate_id="M" * 36), replace(ONE, bic="GK")])
def test_a_file_that_breaks_the_schema_is_not_made(broken: Transaction) -> None:
    with pytest.raises(Stopped, match=r"the direct debits of 2026-11-20 break pain\.008\.001\.08: "):
        made(broken)
