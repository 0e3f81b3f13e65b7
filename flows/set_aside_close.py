"""A close that was begun by mistake, forgotten before anything of it is issued."""

from prefect import flow
from prefect.runtime import flow_run

from billing.period import Period
from flows.parameters import GivenMonth, Words
from tasks.ledger import Stopped
from tasks.outcome import Outcome, done, stops_plainly
from tasks.runs import the_outside
from tasks.setting_aside import set_aside


@flow(name="set-aside-close", flow_run_name=lambda: f"set aside {flow_run.parameters.get('period')}")
@stops_plainly
def set_aside_close(period: GivenMonth, reason: Words, by: Words, confirm: GivenMonth) -> Outcome:
    """Forget a close that was begun by mistake: its drafts are gone, and all it rated and charged is free for the next close.

    Possible until its invoices are issued; after that, they are corrected one by one with credit notes (deployment credit).

    Args:
        period: The month whose close is forgotten, as 2026-10.
        reason: Why; it is kept.
        by: Your name; it is kept.
        confirm: The same month once more, since nothing brings the drafts back but a new close.

    """
    if confirm != period:
        raise Stopped(f"the month is {period} and the confirmation says {confirm}; write the same month twice. Nothing is set aside")
    with the_outside() as outside:
        return done(set_aside(outside, Period.month(period), by=by, reason=reason))
