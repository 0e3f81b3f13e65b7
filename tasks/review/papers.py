"""What people look at before they decide: written anew each time they are asked, put away once the drafts are approved."""

from tasks.close_report import write_reports
from tasks.ledger import Run
from tasks.outside import Outside
from tasks.preview.drawing import draw_drafts

LARGEST = 20  # payers whose draft is drawn: those of the largest changes, which the report names


def write_papers(outside: Outside, run: Run) -> str:
    """Draw the drafts of the largest changes, then write the report that links to them; returns how many drafts were drawn."""
    drawn = draw_drafts(outside, run, run.folder, at_most=LARGEST)
    write_reports(outside, run, folder=run.folder, state="waiting")
    return f"drafts drawn {drawn}"


def put_away(outside: Outside, run: Run) -> None:
    """Take the drafts away: the documents of the issue take their place."""
    outside.out.remove_folder(f"{run.folder}/drafts")
