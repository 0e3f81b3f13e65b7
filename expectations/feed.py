"""The feed gate: what came in is complete enough to bill from."""

from expectations.check import Limit, Suite, critical, warning

SUITE = Suite(
    "feed",
    "Feed",
    (
        critical(
            "tables_empty",
            "BT-2.f",
            "every table the close needs has rows",
            "put the missing file in the feed folder (check its name and its header), then run the close again",
            examples="feed_tables_empty",
        ),
        critical(
            "files_unreadable",
            "BT-2.f",
            "every file of the feed can be read",
            "have the file made again as the format says (encoding, header, columns), replace it, then run the close again",
            examples="feed_files_unreadable",
        ),
        critical(
            "rejected_share",
            "BT-2.f",
            "few rows of what was read since the last close are refused",
            "correct the rows listed at their source and deliver the files again; the good rows are already in. "
            "If the rows may really be left out, raise rejected_share_at_most",
            at_most=Limit("rejected_share_at_most"),
            examples="feed_rejected",
        ),
        warning(
            "rejected",
            "BT-2.f",
            "no row of the feed is refused",
            "correct the rows listed at their source and deliver the file again; until then they are not billed",
            examples="feed_rejected",
        ),
        critical(
            "payer_unknown",
            "CG-1",
            "every contract is paid by a party that is known",
            "add the payer to parties.csv, or correct payer_id in contracts.csv, then run the close again",
            examples="feed_payer_unknown",
        ),
        critical(
            "line_unplaced",
            "GC-2.1",
            "every order line has a contract, a product and an end client that are known",
            "add the missing contract, product or party to the feed, or correct the order line, then run the close again",
            examples="feed_line_unplaced",
        ),
        critical(
            "deposit_negative",
            "GC-5.3",
            "no more of a deposit or guarantee is given back or set off than was received",
            "correct the movements of the payers listed in deposits.csv: what was received is missing, or was given back twice",
            examples="feed_deposit_negative",
        ),
        warning(
            "deposit_short",
            "GC-5.3",
            "every deposit that a contract says was received is in deposits.csv",
            "record what was received in deposits.csv, or take deposit_received_on out of contracts.csv: "
            "a contract whose deposit is missing is not in force",
            examples="feed_deposit_short",
        ),
        warning(
            "inventory_late",
            "BT-2.f",
            "every inventory came before a close had counted by a later one",
            "take the files listed away: their days stay without a snapshot. Have the platform deliver each day before the close",
            examples="feed_inventory_late",
        ),
        warning(
            "usage_files_absent",
            "BT-2.c",
            "usage arrived since the last close",
            "ask the platform for the usage files; calls that arrive later are billed by the next close",
        ),
    ),
)
