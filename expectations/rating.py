"""The rating gate: every call of the close has one status and one right price."""

from expectations.check import Limit, Suite, critical, warning

_AGAIN = "this is a fault of the program or the database, not of the feed: bill nothing, keep the list and have it looked into"

SUITE = Suite(
    "rating",
    "Rated usage",
    (
        critical("window_missing", "BT-2.c", "the close knows which usage it looks at", _AGAIN),
        critical(
            "not_exactly_once",
            "BT-2.c",
            "every usage record in scope has exactly one status",
            _AGAIN,
            examples="rating_not_exactly_once",
        ),
        critical("charged_before", "BT-2.c", "no call is charged by two closes", _AGAIN, examples="rating_charged_before"),
        critical(
            "quantity_differs",
            "BT-2.e",
            "seconds in the pack and seconds charged add up to the seconds used",
            _AGAIN,
            examples="rating_offenders",
        ),
        critical("after_cutoff", "BT-2.c", "no usage from the close date on is charged", _AGAIN, examples="rating_offenders"),
        critical("price_negative", "BT-2.e", "no call costs less than nothing", _AGAIN, examples="rating_offenders"),
        critical("price_on_uncharged", "BT-2.e", "only charged calls have a price", _AGAIN, examples="rating_offenders"),
        critical("charged_without_rate", "GC-5.1", "every charged call has a rate", _AGAIN, examples="rating_offenders"),
        critical("rate_not_in_force", "BT-2.d", "every call is priced by a rate in force on its day", _AGAIN, examples="rating_offenders"),
        critical("pool_overdrawn", "BT-2.d", "no pack gives more than its allowance", _AGAIN, examples="rating_pool_overdrawn"),
        critical("pool_differs", "BT-2.d", "what the packs gave is what the calls took", _AGAIN),
        critical(
            "beyond_differs",
            "GC-6.3",
            "what is past a roaming limit is part of what is charged, at a surcharge",
            _AGAIN,
            examples="rating_offenders",
        ),
        critical("roaming_differs", "GC-6.2", "what the roaming limits gave is what the sessions took", _AGAIN),
        critical("emergency_charged", "BT-2.k", "emergency calls are free", _AGAIN, examples="rating_offenders"),
        critical(
            "unrated_share",
            "BT-2.e",
            "few records have no rate",
            "add the prefixes listed to rates.csv with the day they are valid from, then run the close again; "
            "or let the next close bill them and raise unrated_share_at_most",
            at_most=Limit("unrated_share_at_most"),
            examples="rating_unrated",
        ),
        warning(
            "unrated",
            "BT-2.e",
            "every record has a rate",
            "add the prefixes listed to rates.csv, for use abroad with the country before them as in us:32; "
            "the first close that can rate them bills them",
            examples="rating_unrated",
        ),
        warning(
            "held",
            "GC-2.2",
            "no usage is held back",
            "bring the contract into force or correct the line; the next close bills what is held",
            examples="rating_held",
        ),
        warning(
            "barring_failures",
            "BT-2.k",
            "nobody on minimum service got through but to emergency numbers",
            "tell the platform: its barring failed, and nothing of it is billed. If the suspension was over, correct its last day "
            "(suspensions.csv or `billing restore`); the next close bills what was made after it. All of it is in barring_failures.csv",
            examples="rating_barring_failures",
        ),
        warning(
            "fair_use",
            "GC-6.1",
            "no SIM shows a sign of more than fair use of roaming",
            "look at fair_use.csv and decide: it names SIMs, signs (a, b, c) and their figures over four months. Nothing is charged",
        ),
        warning(
            "late",
            "BT-2.c",
            "no usage arrived after the close it belonged to",
            "nothing: it is billed once, at the price of its day. If there is much of it, ask the platform why it came late",
            examples="rating_late",
        ),
        warning(
            "price_absurd",
            "BT-2.e",
            "no single call is very dear",
            "check the rate and the length of the calls listed before you approve; fraud shows here first",
            examples="rating_price_absurd",
        ),
    ),
)
