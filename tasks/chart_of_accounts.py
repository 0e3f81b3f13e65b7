"""The accounts in use, as the settings have them."""

from billing.accounts import SHIPPED, Chart
from tasks.ledger import Stopped
from tasks.settings import Settings


def chart_of(settings: Settings) -> Chart:
    """The chart of accounts. Raises Stopped when two purposes share an account: nothing booked on it could be told apart."""
    chart = Chart({str(purpose): account for purpose, account in settings.accounts.items()}, settings.account_by_service)
    used: dict[str, str] = {}
    for purpose in SHIPPED:
        account = chart.of(purpose)
        if account in used:
            raise Stopped(f"setting accounts: {used[account]} and {purpose} are both {account}; give each an account of its own")
        used[account] = purpose
    return chart


__all__ = ["chart_of"]
