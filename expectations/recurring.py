"""The recurring gate: every day of service is charged once, at the right quantity and price."""

from expectations.check import Suite, critical, warning

_FAULT = "this is a fault of the program or the database, not of the feed: bill nothing, keep the list and have it looked into"

SUITE = Suite(
    "recurring",
    "Recurring charges",
    (
        critical(
            "unpriced",
            "GC-5.1",
            "every line that is charged has a price",
            "add a price version to prices.csv, or a unit_price to the order line, valid on the day listed, then run the close again",
            examples="recurring_unpriced",
        ),
        critical(
            "days_gap",
            "BT-2.b",
            "every line in force is charged for each of its days, once, up to the end of what this close charges",
            _FAULT,
            examples="recurring_days_gap",
        ),
        critical(
            "charged_before_start",
            "BT-2.b",
            "no day is charged before the service starts or that an earlier system charged",
            _FAULT,
            examples="recurring_offenders",
        ),
        critical(
            "charged_after_end",
            "CG-3.b",
            "no day is charged after the last day of service or of what this close charges",
            _FAULT,
            examples="recurring_offenders",
        ),
        critical("charged_not_in_force", "GC-2.2", "only contracts in force are charged", _FAULT, examples="recurring_offenders"),
        critical(
            "net_differs",
            "BT-2.b",
            "every charge is quantity × price × days ÷ days of the month, to the cent",
            _FAULT,
            examples="recurring_offenders",
        ),
        critical("negative", "BT-2.b", "no charge is negative", _FAULT, examples="recurring_offenders"),
        critical("clause_missing", "GC-5.1", "every charge names its clause", _FAULT, examples="recurring_offenders"),
        critical(
            "below_ordered",
            "CG-3.a",
            "no line is charged below what was ordered while its minimum term runs",
            _FAULT,
            examples="recurring_offenders",
        ),
        critical("users_dropped", "BT-2.h", "users fall by at most 10 % a quarter", _FAULT, examples="recurring_users_dropped"),
        critical(
            "balance_unfounded",
            "CG-3.d",
            "a balance is billed for a terminated line only, from its end to the end of its term, never for a national number",
            _FAULT,
            examples="recurring_balance_unfounded",
        ),
        critical(
            "bankrupt_charged",
            "CG-3.e",
            "nothing is charged for a bankrupt end client from the day its proof came in",
            _FAULT,
            examples="recurring_bankrupt_charged",
        ),
        critical(
            "refund_above_charge",
            "GC-13.2",
            "no refund is above what was charged for its days",
            _FAULT,
            examples="recurring_refunds",
        ),
        critical(
            "refund_floor_missed",
            "GC-13.2",
            "a termination gives back 10.00 EUR or more together, or nothing",
            _FAULT,
            examples="recurring_refunds",
        ),
        warning(
            "charged_past_end",
            "CG-3.b",
            "no earlier close charged days past an end that became known only now",
            "a letter or proof was recorded after an invoice had gone out: credit the days listed with `billing credit` if not owed",
            examples="recurring_charged_past_end",
        ),
        warning(
            "charged_elsewhere",
            "GC-13.2",
            "no earlier system charged days past the end of a line that gives them back",
            "these days are on no invoice of ours: give them back by hand, or credit what the earlier system invoiced",
            examples="recurring_charged_elsewhere",
        ),
        warning(
            "breach_unproven",
            "GC-13.3",
            "every contract ended for a breach says what proves it",
            "record the proof in terminations.csv before the balance is invoiced: the client may contest it",
            examples="recurring_breach_unproven",
        ),
        warning(
            "quantity_jumped",
            "BT-2.g",
            "no quantity moved much since the last close",
            "compare with the monthly summary and ask the account manager of each line listed before you approve",
            examples="recurring_quantity_jumped",
        ),
        warning(
            "notice_short",
            "GC-5.6",
            "price changes of Telavox products are announced 30 days ahead",
            "nothing to bill: the old price goes on until 30 days after the announcement. Where announced_on is empty, fill it in",
            examples="recurring_notice_short",
        ),
        warning(
            "contract_not_in_force",
            "GC-2.2",
            "every contract with an order is in force",
            "get what is missing and record its day in contracts.csv; the next close charges from the agreed start",
            examples="recurring_contract_not_in_force",
        ),
    ),
)
