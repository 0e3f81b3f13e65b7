"""What waits for finance, as pages of Prefect: money nobody could place, orders to suspend. Like all pages of a run they name nobody."""

import re
from collections.abc import Iterable, Sequence

from tasks.artifacts import in_a_run, show
from tasks.bank.worklist import FILE, WorklistRow, worklist
from tasks.outcome import page_link
from tasks.outside import Outside
from tasks.suspension.orders import Order, read_orders

MOVEMENTS, CLIENTS = 200, 20  # as many are listed


def show_unmatched(outside: Outside) -> None:
    """Show the worklist as it is now; the page has one place, each run that may change it renews it."""
    if in_a_run():
        show("unmatched-payments", unmatched_page(outside), description="Unmatched payments")


def show_orders(outside: Outside) -> None:
    """Show the suspension orders as they are now, in one place as well."""
    if in_a_run():
        show("suspension-orders", orders_page(outside), description="Suspension orders")


def unmatched_page(outside: Outside) -> str:
    """Returns the movements that wait for a person, oldest first; who paid and what he wrote stands in the file alone."""
    with outside.engine.connect() as conn:
        rows = worklist(conn)
    if not rows:
        return "# Unmatched payments\n\nNothing waits: all money has its place."
    more = [f"{len(rows) - MOVEMENTS} more stand in the file.", ""] if len(rows) > MOVEMENTS else []
    return "\n".join([
        "# Unmatched payments", "", "Say where each belongs with the deployment allocate-payment and its movement number.", "",
        *_table(("movement", "booked on", "EUR", "EUR unmatched", "statement", "returned", "look at first"), map(_cells, rows[:MOVEMENTS])),
        "", *more, f"Who paid, and what he wrote: {page_link(outside, FILE, FILE)}.",
    ])  # fmt: skip


def orders_page(outside: Outside) -> str:
    """Returns the orders that are open: first those that wait for a decision, then those that need none."""
    with outside.engine.connect() as conn:
        orders = read_orders(conn, open_only=True)
    waiting = [order for order in orders if to_decide(order)]
    others = [f"- {_told(order)}" for order in orders if order not in waiting]
    how = ["Approve or reject each with the deployment decide-suspension and its order number.", ""] if waiting else []
    listed = [f"- {_told(order)}" for order in waiting] or ["Nothing waits for a decision."]
    return "\n".join(["# Suspension orders", "", *how, *listed, *(["", "## Decided, or in force", "", *others] if others else [])])


def to_decide(order: Order) -> bool:
    """Whether the order waits for a person: nobody decided, or the platform refused it."""
    return order.row.state == "proposed" or (order.row.state == "approved" and order.row.refused_on is not None)


def _cells(row: WorklistRow) -> Sequence[str]:
    amounts = (f"{row.amount:,.2f}", f"{row.unmatched:,.2f}")
    return (str(row.movement), str(row.booked_on), *amounts, row.statement, row.return_reason, row.suggestions)


def _told(order: Order) -> str:
    ids = [each.end_client_id for each in order.end_clients]
    more = f" and {len(ids) - CLIENTS} more" if len(ids) > CLIENTS else ""
    return _plain(f"{order.without_names}; end clients {', '.join(ids[:CLIENTS])}{more}" if ids else order.without_names)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *([_plain(cell) for cell in row] for row in rows))]


def _plain(text: str) -> str:
    """Text that ends no cell and no line, and is no link and no markup: banks, the platform and the feed write what they like."""
    return re.sub(r"([\\|\[\]<>*`])", r"\\\1", " ".join(text.split()))


__all__ = ["orders_page", "show_orders", "show_unmatched", "to_decide", "unmatched_page"]
