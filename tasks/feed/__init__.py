"""The feed: what other systems of the operator deliver, checked row by row, kept in versions, each refusal on one list."""

from tasks.feed.importing import ImportReceipt, import_feed, import_inventory_of, stage

__all__ = ["ImportReceipt", "import_feed", "import_inventory_of", "stage"]
