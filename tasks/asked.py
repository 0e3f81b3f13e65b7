"""What a suspended Prefect run asks people, in words for those who are told of it."""

from tasks.ledger import find_run
from tasks.outcome import totals
from tasks.outside import Outside
from tasks.review import moment, waiting


def asked_in(outside: Outside, flow_run: str) -> str:
    """What the Prefect run waits for, in a few sentences; "" when it asks nothing of ours."""
    for ask in waiting(outside.engine):
        if ask.flow_run == flow_run:
            run = find_run(outside.engine, ask.run_id)
            approved = f"\n\n{' and '.join(ask.approved)} approved already; another person has to as well." if ask.approved else ""
            return (
                f"The drafts of {ask.name} are made and nothing is issued: {totals(outside, run)}.\n\n"
                f"Answer before {moment(ask.deadline)} (Brussels); later answers do not count, and Retry then asks again."
                f"{approved}{_report(outside, run.folder)}"
            )
    return ""


def _report(outside: Outside, folder: str) -> str:
    pages = outside.settings.reports_url
    path = f"{folder}/close_report.html"
    return f"\n\nThe report: {pages.rstrip('/')}/{path}" if pages and outside.out.exists(path) else ""


__all__ = ["asked_in"]
