"""The report step: the files of the month, and the reports of the close."""

from tasks.archive import archive_run
from tasks.books import write_journal
from tasks.close_report import write_reports
from tasks.export import write_files
from tasks.ledger import Receipt, Run
from tasks.outside import Outside


def stage(outside: Outside, run: Run) -> Receipt:
    """Archive the documents, write the files of the month and the reports; returns what was written. Done again it writes the same."""
    written = files_alone(outside, run)
    return Receipt({**written.figures, **write_reports(outside, run, folder=run.folder, state="closed")})


def files_alone(outside: Outside, run: Run) -> Receipt:
    """Archive the documents and write the files of the month, for the runs that have no report of their own; returns what was written."""
    archived = archive_run(outside, run)
    return Receipt({**write_files(outside, run).figures, "journal entries": write_journal(outside, run), "archived": archived})
