"""The few rows of casework a month brings: ad-hoc charges, credits, letters, disputes, deposits."""

from decimal import Decimal

from tasks.demo.months import DAY, Calendar
from tasks.demo.records import Charge, Credit, Deposit, Dispute, Record, Termination


def casework(calendar: Calendar) -> dict[str, tuple[type[Record], tuple[Record, ...]]]:
    """The tables by file name, each with its kind of row. They speak of the planted stories."""
    middle, last = calendar.in_middle_month, calendar.in_last_month
    return {
        "charges": (Charge, (
            Charge("CH0001", "C-CL019", "CL019", middle(17), "", "Cost of measures after misuse of the trunk", 1, Decimal("150.00"),
                   "GC-4.5"),
            Charge("CH0002", "C-CL023", "CL023", last(9), "bt-porting-out", "Number ported to another operator", 2, Decimal("25.00"),
                   "BT-2.j"),
        )),
        "credits": (Credit, (
            Credit("CR0001", "C-CL018-T", "CL018", middle(21), Decimal("24.00"), "SLA: 6 hours without service"),
            Credit("CR0002", "C-CL010", "CL010", last(7), Decimal("12.50"), "SLA: line quality"),
        )),
        "terminations": (Termination, (
            Termination("TE0001", "C-CL005", "CL005-recording-ends", "", "client", middle(3), last(15), False, "registered letter"),
            Termination("TE0002", "C-CL026-T", "", "", "client", last(19), last(1) + 120 * DAY, False, "registered letter"),
        )),
        "disputes": (Dispute, (
            Dispute("DI0001", "EARLIER-4417", middle(11), Decimal("84.20"), "claim", None, last(2)),
        )),
        "deposits": (Deposit, (
            Deposit("DE0001", "CL026", calendar.first_day - 130 * DAY, Decimal("500.00"), "deposit"),
            Deposit("DE0002", "CL019", calendar.first_day + 4 * DAY, Decimal("2500.00"), "bank_guarantee"),
        )),
    }
