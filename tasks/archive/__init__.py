"""The archive: every document once, by content, with a manifest for each run whose hash the ledger holds."""

from tasks.archive.keeping import archive_letters, archive_run, make
from tasks.archive.verifying import held, verify

__all__ = ["archive_letters", "archive_run", "held", "make", "verify"]
