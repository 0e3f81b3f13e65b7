"""Debit notes for the documents' tests, with amounts a head can check."""

from datetime import date
from decimal import Decimal

from reports.line_text import late_charge_title
from reports.records import DelayRecord, EndClientSection, InvoiceHead, InvoiceRecord, Language, LateRecord, LineRecord, VatLine
from tests.documents.samples import SELLER, payer

D = Decimal
LETTER, WRIT, BACK = date(2026, 12, 11), date(2026, 12, 20), date(2027, 1, 5)
BY_MONTHS = (
    DelayRecord(date(2026, 11, 29), date(2026, 12, 28), D("1000.00"), D("1"), D("10"), is_month=True),
    DelayRecord(date(2026, 12, 29), date(2027, 1, 28), D("600.00"), D("1"), D("6"), is_month=True),
)
BY_DAYS = (
    DelayRecord(date(2026, 12, 29), date(2026, 12, 31), D("15234.55"), D("0.375"), D("5.528667"), is_month=False),
    DelayRecord(date(2027, 1, 1), date(2027, 1, 31), D("15234.55"), D("0.375"), D("57.129563"), is_month=True),
)


def debit_note(language: Language = "fr", delays: tuple[DelayRecord, ...] = BY_MONTHS) -> InvoiceRecord:
    """Interest of 16.00 of which 10.00 was charged before, interest by days, a fee, a cost and a reactivation: 193.66 in all."""
    interest = LateRecord("interest", D("10.00"), D("16.00"), delays)
    lines = (
        _line(1, language, interest, "6.00", (delays[0].from_day, delays[-1].to_day), "CG-2.e"),
        _line(
            2,
            language,
            LateRecord("interest", D("0.00"), D("62.66"), BY_DAYS),
            "62.66",
            (BY_DAYS[0].from_day, BY_DAYS[-1].to_day),
            "GC-5.2",
        ),
        _line(3, language, LateRecord("reminder_fee", letter_on=LETTER, level=2), "10.00", (LETTER, LETTER), "CG-2.d"),
        _line(4, language, LateRecord("recovery_cost"), "85.00", (WRIT, WRIT), "CG-2.e", note="Writ of 20 December"),
        _line(5, language, LateRecord("reactivation"), "30.00", (BACK, BACK), "CG-2.e"),
    )
    net = sum((line.net for line in lines), D("0.00"))
    head = InvoiceHead(
        "D2027-000017", "debit_note", date(2027, 2, 1), date(2027, 3, 3), date(2026, 11, 29), date(2027, 1, 31), payer(language), SELLER,
        "272000001738", net, D("0.00"), net,
    )  # fmt: skip
    return InvoiceRecord(head, (EndClientSection("P-1", "", lines, net),), (VatLine("O", D("0.00"), net, D("0.00")),))


def _line(
    seq: int, language: Language, late: LateRecord, net: str, days: tuple[date, date], clause: str, note: str = ""
) -> LineRecord:  # fmt: skip
    title = late_charge_title(late.what, language, invoice=f"2026-00012{seq}", day=days[0], note=note)
    charge = "interest" if late.what == "interest" else "fee"
    return LineRecord("", "", "", "", title, charge, *days, D(1), D(net), D(net), clause, "", seq, late=late)
