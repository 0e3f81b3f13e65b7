"""Letters for the documents' tests, with amounts a head can check."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from billing.numbering import check_digits
from reports.records import Language, LetterItem, LetterRecord
from tests.documents.samples import SELLER, payer

D = Decimal
ON = date(2026, 12, 21)
WORDS = ("friendly", "reminder", "formal_notice", "suspension")
FEES = {"friendly": "0.00", "reminder": "10.00", "formal_notice": "10.00", "suspension": "0.00"}
COSTS = {"formal_notice": "25.00"}
NEXT = {"friendly": "reminder", "reminder": "formal_notice", "formal_notice": "suspension", "suspension": ""}
LIMITED = ("Boulangerie Dupont SA", "Garage Peeters & Zonen", "Pharmacie de la Place", "Zonnebloem vzw", "Café Müller")


def item(
    number: int, gross: str, due_on: date, *, credited: str = "0.00", paid: str = "0.00", contested: str = "0.00",
    kind: str = "invoice", interest: str = "0.00",
) -> LetterItem:  # fmt: skip
    """A document issued 30 days before it is due, and what is asked of it on 21 December 2026."""
    asked = D(gross) - D(credited) - D(paid) - D(contested)
    series, base = ("D2026" if kind == "debit_note" else "2026"), f"{number:010d}"
    return LetterItem(
        f"{series}-{number:06d}", kind, due_on - timedelta(days=30), due_on, (ON - due_on).days, D(gross), D(credited), D(paid),  # type: ignore[arg-type]
        D(contested), asked, f"{base}{check_digits(base):02d}", D(interest),
    )  # fmt: skip


THREE = (
    item(101, "1172.60", date(2026, 10, 28), credited="60.50", paid="100.00", interest="10.12"),  # asks 1,012.10
    item(123, "172.60", date(2026, 11, 27), contested="48.40"),  # asks 124.20
    item(7, "13.45", date(2026, 12, 15), kind="debit_note"),  # asks 13.45; in all 1,149.75
)
ONE = (item(123, "172.60", date(2026, 11, 27)),)


def letter(words: str = "friendly", language: Language = "fr", items: tuple[LetterItem, ...] = THREE, **changes: object) -> LetterRecord:
    """A letter of 21 December 2026 that asks to pay by 4 January 2027, with what its words usually carry."""
    made = LetterRecord(
        level=WORDS.index(words) + 1,
        words=words,  # type: ignore[arg-type]
        noticed_on=ON,
        payer=payer(language),
        seller=SELLER,
        items=items,
        total=sum((one.asked for one in items), D("0.00")),
        fee=D(FEES[words]),
        recovery_cost=D(COSTS.get(words, "0.00")),
        interest_total=sum((one.interest for one in items), D("0.00")),
        interest_per_month=D("1"),
        pay_by=date(2027, 1, 4),
        next_words=NEXT[words],  # type: ignore[arg-type]
        next_on=None if words == "suspension" else date(2027, 1, 5),
        suspension_from=date(2027, 1, 6) if words == "formal_notice" else None,
        suspended=LIMITED if words == "suspension" else (),
    )
    return replace(made, **changes)  # type: ignore[arg-type]
