"""What the words of the close report mean, for the person who reads it."""

from __future__ import annotations

DEFINITIONS: tuple[tuple[str, str], ...] = (
    (
        "Net, VAT, gross",
        "EUR without VAT, the VAT, and both together. Credit notes are part of them, below zero.",
    ),
    (
        "This month, last month",
        (
            "What this close bills, and what the last close before it that issued its invoices billed. Invoices made on order "
            "between two closes are in neither; the summary names them apart."
        ),
    ),
    (
        "Difference",
        "This month less last month.",
    ),
    (
        "Price",
        (
            "Of payers billed in both months: another unit price of the same line of an order, at the quantity of this month. When a "
            "price changed within a month, each price counts for the days it was charged for."
        ),
    ),
    (
        "Quantity",
        (
            "Of payers billed in both months: all the rest of what recurs, that is more or fewer users, channels, numbers or licences, "
            "lines that came or went, and more or fewer days (a first bill has the days of the month that began, and the whole month "
            "after)."
        ),
    ),
    (
        "Traffic",
        "Of payers billed in both months: calls, messages and data out of the packs.",
    ),
    (
        "New",
        "All that payers are billed who had no line last month, what is charged once as well.",
    ),
    (
        "Lost",
        "All that payers were billed last month who have no line now. Parked payers are among them: see Exceptions.",
    ),
    (
        "One-off",
        (
            "Of payers billed in both months: what neither recurs nor is traffic: hardware, credits, refunds, balances of ended "
            "contracts. What was charged once last month and is not charged again counts below zero."
        ),
    ),
    (
        "Line that moved",
        "A line that another payer pays now goes from the one (quantity, or lost) and comes to the other (quantity, or new).",
    ),
    (
        "Unexplained",
        "The difference of a payer less all its reasons: always 0.00.",
    ),
    (
        "Partner",
        "What a partner is billed itself, with its end clients, and what clients are billed that it brought; others are direct clients.",
    ),
    (
        "In packs",
        "What allowances covered: minutes, megabytes or messages that cost nothing more.",
    ),
    (
        "Parked payer",
        "A payer this close could not or should not bill. What it would have been billed is charged by a later close.",
    ),
    (
        "Contract not in force",
        "A contract that lacks a signature, the approval of its credit, its deposit or its confirmation; it is not billed.",
    ),
    (
        "Gate",
        (
            "Checks between two steps of a close. STOP: the close went no further. WARNING: it went on, and a person should look. OK: "
            "passed."
        ),
    ),
    (
        "Reconciliation",
        "What came in and where each of it went. A difference other than 0 means that something is wrong: do not issue.",
    ),
    (
        "Open, contested",
        "What payers owe on the close date with VAT, by days past the due date. What is disputed is part of what is open.",
    ),
    (
        "In favour of payers",
        "Money on account and credit notes not set off: not taken off what is open.",
    ),
    (
        "Level",
        "1 is the first reminder, and so on; what each says, costs and waits for is the policy of the segment.",
    ),
    (
        "Checks",
        "On the summary: the same figure on two ways. LOOK means that two sheets disagree; tell those who run the close.",
    ),
    (
        "OK with a filter on",
        "Totals on top of a list follow its filter. The checks and the summary do not: they always add up all rows.",
    ),
)
