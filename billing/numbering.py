"""Invoice numbers, and the Belgian structured communication that carries them to the bank and back."""

from __future__ import annotations

from typing import Literal

InvoiceKind = Literal["invoice", "credit_note", "debit_note"]

PREFIX: dict[InvoiceKind, str] = {"invoice": "", "credit_note": "C", "debit_note": "D"}
KIND_DIGIT: dict[InvoiceKind, int] = {"invoice": 0, "credit_note": 1, "debit_note": 2}
LAST_SEQ = 9_999_999


def series_name(kind: InvoiceKind, year: int) -> str:
    """Returns the name of a number series, one a kind and year: "invoice-2026"."""
    return f"{kind}-{year:04d}"


def invoice_number(kind: InvoiceKind, year: int, seq: int) -> str:
    """Returns an invoice number: "2026-000123", "C2026-000001" for a credit note, "D2026-000001" for a debit note."""
    return f"{PREFIX[kind]}{year:04d}-{_checked(seq):06d}"


def structured_reference(kind: InvoiceKind, year: int, seq: int) -> str:
    """Returns the structured communication of an invoice, "+++260/0000/12395+++" for invoice 123 of 2026.

    Ten digits (two of the year, one of the kind, seven of the number) and two check digits: the ten modulo 97, 97 for 0.
    """
    digits = f"{year % 100:02d}{KIND_DIGIT[kind]}{_checked(seq):07d}"
    digits += f"{check_digits(digits):02d}"
    return f"+++{digits[:3]}/{digits[3:7]}/{digits[7:]}+++"


def check_digits(digits: str) -> int:
    """Returns the check number of ten digits, 1 to 97."""
    return int(digits) % 97 or 97


def _checked(seq: int) -> int:
    if not 1 <= seq <= LAST_SEQ:
        raise ValueError(f"{seq} cannot be a number of a series; they run from 1 to {LAST_SEQ}")
    return seq
