"""The inventory of each day, imported when it is delivered."""

from datetime import date

from prefect import flow

from flows.parameters import asked_day, scheduled_day
from tasks.outcome import Outcome, done, stops_plainly
from tasks.runs import the_outside
from tasks.steps import keep_inventory


@flow(name="inventory-snapshot", flow_run_name=lambda: f"inventory {asked_day()}")
@stops_plainly
def inventory_snapshot(on: date | None = None) -> Outcome:
    """Import the inventory of a day; the close freezes the one it uses.

    Args:
        on: The day of the inventory. None: the day of the scheduled start.

    """
    with the_outside() as outside:
        return done(keep_inventory(outside, on or scheduled_day()))
