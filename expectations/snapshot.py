"""The snapshot gate: the count of the close rests on a recent inventory that is whole and unchanged."""

from expectations.check import Limit, Suite, critical, warning

SUITE = Suite(
    "snapshot",
    "Inventory snapshot",
    (
        critical(
            "snapshot_missing",
            "BT-2.f",
            "there is an inventory snapshot on or before the close date",
            "deliver inventory/<day>.csv for the close date or a day shortly before it, then run the close again",
            examples="snapshot_snapshot_missing",
        ),
        critical(
            "snapshot_age_days",
            "BT-2.f",
            "the inventory snapshot is recent",
            "deliver the inventory of the close date, then run the close again; or accept an older one with snapshot_age_days_at_most",
            at_most=Limit("snapshot_age_days_at_most"),
            examples="snapshot_snapshot_age",
        ),
        warning(
            "snapshot_not_fresh",
            "BT-2.f",
            "the inventory snapshot is at most three days older than the close date",
            "what was added or removed since is not counted by this close: deliver the inventory of the close date before you approve",
            at_most=3,
            examples="snapshot_snapshot_age",
        ),
        critical(
            "snapshot_empty",
            "BT-2.f",
            "the snapshot is not empty while services are running",
            "the inventory file has no row: ask the platform for it again, then run the close again",
        ),
        critical(
            "elements_lost",
            "BT-2.f",
            "the snapshot holds exactly the elements that were read",
            "the stored snapshot is not the one that was imported: restore the database, or import the inventory again",
        ),
        critical(
            "content_hash_differs",
            "BT-2.f",
            "the content of the snapshot is the one its hash was taken of",
            "the stored snapshot was changed after its import: restore the database, or import the inventory again; do not bill from it",
        ),
        critical(
            "total_moved_share",
            "BT-2.f",
            "the number of elements did not move by twice what is usual since the last close",
            "compare the two inventories with the platform; if the move is real, raise count_change_at_most for this close",
            at_most=Limit("count_change_at_most", 2),
            examples="snapshot_total_moved",
        ),
        warning(
            "count_jumped",
            "BT-2.g",
            "no line's count moved much since the last close",
            "ask the account manager of each line listed whether the move is real before you approve",
            examples="snapshot_count_jumped",
        ),
        warning(
            "kind_differs",
            "BT-2.f",
            "every element is of the kind its line was ordered for",
            "elements of another kind are not counted: correct the line in the platform, or order the right product",
            examples="snapshot_kind_differs",
        ),
        warning(
            "line_ended",
            "GC-5.5",
            "elements are configured only on lines that run",
            "close the elements on the platform, or extend the order line if the client still uses it",
            examples="snapshot_line_ended",
        ),
    ),
)
