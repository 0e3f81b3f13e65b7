"""The gate of direct debits: nothing is fetched that is not owed, not agreed to or fetched before, and the file says what is recorded."""

from expectations.check import Suite, critical

_NOT_MADE = "no file of this day is published: have this looked into, then `billing collect` again"

SUITE = Suite(
    "collections",
    "Direct debits",
    (
        critical("paid_invoice", "GC-5.2", "nothing is collected that is paid or credited", _NOT_MADE, examples="collections_items"),
        critical("disputed_invoice", "GC-9.3", "no contested amount is collected", _NOT_MADE, examples="collections_items"),
        critical("above_open", "GC-5.2", "no more is collected than is open", _NOT_MADE, examples="collections_items"),
        critical("before_due", "GC-5.2", "nothing is collected before it is due", _NOT_MADE, examples="collections_items"),
        critical(
            "without_mandate",
            "GC-5.2",
            "every account is debited under a mandate of its payer that is in force on that day",
            "check mandates.csv, import it, then `billing collect` again",
            examples="collections_items",
        ),
        critical("collected_twice", "GC-5.2", "no invoice is collected twice", _NOT_MADE, examples="collections_items"),
        critical("file_differs", "GC-5.2", "the debits, numbers and sums of every file are those recorded", _NOT_MADE),
    ),
)
