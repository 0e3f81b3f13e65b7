"""Which tests share a core when the suite runs on several: those of a module, and all that start a Prefect server.

Two Prefect servers with their workers and runs on two cores are so far behind that what people wait for seconds takes minutes.
"""

from xdist.scheduler import LoadFileScheduling

WITH_PREFECT = (
    "tests/browser/test_finance_desk.py",
    "tests/browser/test_first_month.py",
    "tests/browser/test_prefect_pages.py",
    "tests/faults/test_worker_killed.py",
    "tests/flows/test_cockpit_jobs.py",
    "tests/flows/test_prefect_server.py",
    "tests/flows/test_review_by_two.py",
    "tests/flows/test_review_in_prefect.py",
    "tests/guides/test_operations.py",
)


class OneServerAtATime(LoadFileScheduling):
    """As `--dist loadfile`, with the modules of `WITH_PREFECT` as one file."""

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return "with a Prefect server" if module in WITH_PREFECT else module
