"""Suspension orders: made and withdrawn by `review`, sent to the platform by `send`, acknowledged, taken back when the ground is gone.

An order asks for minimum service, never for a cut, and ends no subscription (CG-2.c, BT-2.k). A day of dunning calls, in this order:
`review` inside the transaction that decides, `send` once that is committed, then `untold` for the letters to write.
"""

from tasks.suspension.orders import Order, orders_of, suspended_by, untold
from tasks.suspension.review import preview, review
from tasks.suspension.sending import Sending, send

__all__ = ["Order", "Sending", "orders_of", "preview", "review", "send", "suspended_by", "untold"]
