"""The books: the journal of each month in the database and as files for the accountant."""

from tasks.books.final import make_final
from tasks.books.income import deferred_at
from tasks.books.writing import write_journal, write_month

__all__ = ["deferred_at", "make_final", "write_journal", "write_month"]
