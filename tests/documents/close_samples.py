"""Close reports as tests need them: one that is clean, and what a case changes of it. Small enough to check by head."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from billing.change_reasons import Reasons
from reports.close_records import (
    AgeingBucket,
    ChargeTotal,
    CloseReport,
    Decision,
    DestinationTotal,
    DocumentFiles,
    DunningLevel,
    Failed,
    FileEntry,
    InvoiceRow,
    NotInForce,
    Parked,
    Part,
    PartnerTotal,
    PayerChange,
    Policy,
    Receivables,
    ReconciliationRow,
    Review,
    ServiceTotal,
    Totals,
)
from reports.gate_page import Finding, GateReport

BRUSSELS = ZoneInfo("Europe/Brussels")
HELD = Finding("held", "warning", "GC-2.2", "no usage is held back", "bring the contract into force", Decimal(2), Decimal(0), False,
               ({"line": "L-WAIT", "records": "2"},))  # fmt: skip
FINE = Finding("price_negative", "critical", "BT-2.e", "no call costs less than nothing", "look", Decimal(0), Decimal(0), True)


def eur(amount: str) -> Decimal:
    """An amount as a test writes it."""
    return Decimal(amount)


def at(day: int, hour: int, minute: int) -> datetime:
    """A moment of October 2026 in Brussels."""
    return datetime(2026, 10, day, hour, minute, tzinfo=BRUSSELS)


def approval(by: str, day: int = 28, why_not: str = "") -> Decision:
    """Somebody approved at 14:05."""
    return Decision("approve", by, at(day, 14, 5), "", (), why_not)


CLAIRE = approval("Claire Dubois")
REVIEW = Review(at(28, 9, 0), at(30, 9, 0), 1, (CLAIRE,), "Claire Dubois", at(28, 14, 5))
ROW = InvoiceRow(
    "2026-000001", "invoice", "P1", "One", eur("12345.67"), eur("2592.59"), eur("14938.26"), date(2026, 11, 27), "invoices/2026-000001.pdf"
)
RECONCILED = (
    ReconciliationRow(
        "records",
        "Usage records to settle",
        (Part("Imported since the last close", Decimal(1234)),),
        (Part("Charged", Decimal(1234), "on the invoices"),),
    ),
    ReconciliationRow("elements", "Elements of the inventory", (Part("In the snapshot", Decimal(30)),), (Part("Counted", Decimal(30)),)),
    ReconciliationRow("euros", "Lines", (Part("Lines of invoices", eur("12345.67")),), (Part("Invoices, net", eur("12345.67")),)),
)
CLEAN = CloseReport(
    state="closed",
    month=date(2026, 10, 1),
    on=date(2026, 10, 28),
    before=date(2026, 9, 1),
    issued_on=date(2026, 10, 28),
    review=REVIEW,
    totals=Totals(1, 0, 1, eur("12345.67"), eur("2592.59"), eur("14938.26")),
    totals_before=Totals(1, 0, 1, eur("11000.00"), eur("2310.00"), eur("13310.00")),
    reasons=Reasons(eur("100.00"), eur("900.00"), eur("-54.33"), eur("500.00"), eur("-200.00"), eur("100.00")),
    services=(
        ServiceTotal("business_telephony", eur("12000.00"), eur("300.00"), eur("0.00"), eur("12300.00"), eur("11000.00")),
        ServiceTotal("telavox", eur("40.00"), eur("5.67"), eur("0.00"), eur("45.67"), eur("0.00")),
    ),
    partners=(PartnerTotal("PA1", "Kabelwerf Zuid", 1, eur("12345.67"), eur("11000.00")),),
    destinations=(
        DestinationTotal("belgium_mobile", "Belgium mobile", "min", 1200, eur("1500.5"), eur("4000.0"), eur("300.00"), eur("355.00")),
        DestinationTotal("sms_belgium", "SMS Belgium", "", 34, Decimal(34), Decimal(0), eur("5.67"), eur("5.00")),
    ),
    changes=(
        PayerChange(
            "P1", "One", eur("12345.67"), eur("11000.00"), Reasons(quantity=eur("1345.67")), "12 users more (+1,345.67)",
            "invoices/2026-000001.pdf",
        ),
    ),
    charges=(ChargeTotal("recurring", 3, eur("12040.00")), ChargeTotal("usage", 2, eur("305.67"))),
    gates=(GateReport("close 2026-10", "rating", "Rated usage", (FINE,)),),
    parked=(),
    not_in_force=(),
    failed=(),
    mailed=1,
    published=0,
    reconciliation=RECONCILED,
    receivables=Receivables(
        date(2026, 10, 28),
        (
            AgeingBucket("not_due", eur("14938.26"), eur("0.00")),
            AgeingBucket("1_30", eur("2308.56"), eur("12.00")),
            AgeingBucket("31_60", eur("0.00"), eur("0.00")),
            AgeingBucket("61_90", eur("0.00"), eur("0.00")),
            AgeingBucket("over_90", eur("150.00"), eur("0.00")),
        ),
        debtors=3,
        in_favour=eur("15.00"),
    ),
    dunning=(DunningLevel(1, 2, 2, eur("2308.56")), DunningLevel(2, 1, 1, eur("150.00"))),
    policies=(Policy("", "contract", "General commercial conditions CG-2.d"),),
    snapshot_on=date(2026, 10, 28),
    elements=30,
    content_hash="ab" * 32,
    order_invoices=0,
    order_net=eur("0.00"),
    documents=(DocumentFiles("invoice", 1, 55_000), DocumentFiles("summary", 2, 90_000)),
    files=(FileEntry("invoices.csv", 5_815, "cd" * 32), FileEntry("rated_usage/rated_usage.parquet", 213_455, "ef" * 32)),
    invoices=(ROW,),
)  # fmt: skip
LEFT = {
    "gates": (GateReport("close 2026-10", "rating", "Rated usage", (HELD, FINE)),),
    "parked": (Parked("P2", "Two <SRL>", eur("184.99"), "no mail address", "set billing_emails of P2"),),
    "not_in_force": (NotInForce("C9", "P9", "Nine", "written confirmation"),),
    "failed": (Failed("2026-000007", "P7", "email", "550 no such user"),),
}
