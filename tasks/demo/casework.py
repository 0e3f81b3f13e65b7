"""The few rows of casework a month brings: ad-hoc charges, credits, letters, disputes, deposits, minimum service, mandates."""

from decimal import Decimal

from tasks.demo.accounts import account_of
from tasks.demo.leaving_stories import BANKRUPT, PROVEN_ON
from tasks.demo.months import DAY, Calendar
from tasks.demo.records import (
    Charge,
    Credit,
    Deposit,
    Dispute,
    Mandate,
    Record,
    RecoveryCost,
    Segment,
    Suspension,
    Termination,
)

LETTER = "registered letter"
DEBITED = {"CL005": "CORE", "CL009": "B2B", "CL020": "CORE"}  # who pays by direct debit, and by which scheme


def casework(calendar: Calendar) -> dict[str, tuple[type[Record], tuple[Record, ...]]]:
    """The tables by file name, each with its kind of row. They speak of the planted stories.

    What a payer reads on his documents is in his language, as finance writes it: nobody translates it.
    """
    first, middle, last = calendar.first_day, calendar.in_middle_month, calendar.in_last_month
    return {
        "charges": (Charge, (
            Charge("CH0001", "C-CL019", "CL019", middle(17), "", "Maatregelen na misbruik van de trunk", 1, Decimal("150.00"),
                   "GC-4.5"),
            Charge("CH0002", "C-CL023", "CL023", last(9), "bt-porting-out", "Numéro transféré vers un autre opérateur", 2, None, "BT-2.j"),
        )),
        "credits": (Credit, (
            Credit("CR0001", "C-CL018-T", "CL018", middle(21), Decimal("24.00"), "SLA: 6 uur zonder dienst"),
            Credit("CR0002", "C-CL010", "CL010", last(7), Decimal("12.50"), "SLA : qualité de la ligne"),
            Credit("CR0003", "C-CL013", "CL013", first + 19 * DAY, Decimal("120.00"), "SLA : deux jours sans service"),
            Credit("CR0004", "C-CL035", "CL035", middle(10), Decimal("80.00"), "SLA: een dag zonder dienst"),
        )),
        "terminations": (Termination, _terminations(calendar)),
        "disputes": (Dispute, ()),  # of invoices, which are issued only as the months are closed
        "deposits": (Deposit, (
            Deposit("DE0001", "CL026", first - 130 * DAY, Decimal("500.00"), "deposit"),
            Deposit("DE0002", "CL019", first + 4 * DAY, Decimal("2500.00"), "bank_guarantee"),
            Deposit("DE0003", "CL032", first - 300 * DAY, Decimal("400.00"), "deposit"),
            Deposit("DE0004", "CL036", first - 190 * DAY, Decimal("300.00"), "deposit"),
            Deposit("DE0005", "CL036", middle(15), Decimal("-300.00"), "deposit"),
        )),
        "suspensions": (Suspension, (
            Suspension("SU0001", "CL033", middle(5), None, "GC-9.1.a", "late in paying despite reminders"),
        )),
        "mandates": (Mandate, tuple(
            Mandate(f"MA-{payer_id}", payer_id, account_of(payer_id), "", "", first - 200 * DAY, scheme, None)
            for payer_id, scheme in DEBITED.items()
        )),
        "segments": (Segment, (Segment("SG0001", "CL035", "small", first - 100 * DAY),)),
        "recovery_costs": (RecoveryCost, (
            RecoveryCost("RC0001", "CL033", last(20), Decimal("28.40"), "Registered letter of the bailiff"),
        )),
    }


def _terminations(calendar: Calendar) -> tuple[Termination, ...]:
    middle, last = calendar.in_middle_month, calendar.in_last_month
    return (
        Termination("TE0002", "C-CL026-T", "", "", "client", last(19), last(1) + 120 * DAY, False, LETTER),
        Termination("TE0003", "C-CL028", "", "", "client", last(10), last(31), False, LETTER),
        Termination("TE0004", "C-CL029", "CL029-recording-left", "", "client", middle(5), middle(30), False, LETTER),
        Termination("TE0005", "C-CL030-T", "", "", "client", last(5), last(12), False, LETTER),
        Termination("TE0006", "C-CL031-T", "", "", "client", last(5), last(12), False, LETTER),
        Termination("TE0007", "C-CL032-T", "", "", "operator", last(6), last(14), True, "notice of default of the month before"),
        Termination("TE0008", f"C-{BANKRUPT}", "", BANKRUPT, "bankruptcy", last(PROVEN_ON), None, False, "judgment of the court"),
        Termination("TE0009", "C-CL035", "", "", "client", middle(3), middle(30), False, LETTER),
    )
