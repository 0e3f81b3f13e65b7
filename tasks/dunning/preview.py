"""What a day of dunning would do: its letters, orders and late charges, as things stand; writes and sends nothing."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection

from billing.money import ZERO
from tasks import late_charges, suspension
from tasks.disputes import late_lines
from tasks.dunning.deciding import decide, letters, suspensions
from tasks.dunning.gathering import debtors
from tasks.dunning.receipt import DunningReceipt, previewed
from tasks.dunning.unreachable import unreachable
from tasks.outside import Outside
from tasks.settings import Settings
from tasks.suspension.orders import read_orders
from tasks.suspension.review import Review, reviewed

NEW = 0  # stands for the number of an order that is not made yet


def preview_day(outside: Outside, on: date) -> DunningReceipt:
    """Returns what the day would do. Raises PolicyError."""
    settings = outside.settings
    with outside.engine.connect() as conn:
        decisions = decide(conn, settings, on)
        found = reviewed(conn, suspensions(decisions), on, settings)
        leaving = _leaving(conn, found)
        written = letters(decisions, {**suspension.untold(conn), **leaving})
        return DunningReceipt(
            on,
            preview=True,
            notices=previewed(written),
            charges=_charges(conn, settings, on),
            orders=(*found.lines, *(f"{payer_id}: order {order_no} leaves" for payer_id, order_no in leaving.items() if order_no != NEW)),
            unreachable=unreachable(conn, debtors(conn, settings, on), on),
            late_claims=late_lines(conn, on),
        )


def _leaving(conn: Connection, found: Review) -> Mapping[str, int]:
    """By payer the suspension that would leave for the platform: approved before, or at once when it is made."""
    fallen = {order.row.order_no for order in (*found.withdrawn, *found.restored)}
    approved = (order.row for order in read_orders(conn, open_only=True) if order.row.waits and order.row.state == "approved")
    made = {new.order.payer_id: NEW for new in found.ordered if new.decided_by}
    return made | {row.payer_id: row.order_no for row in approved if row.order_no not in fallen and row.refused_on is None}


def _charges(conn: Connection, settings: Settings, on: date) -> tuple[str, ...]:
    """The late charges of the month, when they are due, with what each payer would be asked."""
    found = late_charges.preview(conn, settings, on)
    asked = ((each.payer_id, sum((one.amount for one in each.charges), ZERO)) for each in found.charged)
    return (str(found), *(f"{payer_id}: debit note of {amount} EUR" for payer_id, amount in asked if amount)) if found.is_due else ()


__all__ = ["preview_day"]
