"""Whom sales may call with an alternative: the end clients of a partner in default whose service was ordered limited (CG-2.f)."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

import sql
from billing.suspension_grounds import contact_list
from tasks.csv_files import csv_text, write_csv
from tasks.ledger import Stopped
from tasks.outside import Outside
from tasks.portal import file_part
from tasks.suspension.orders import Order, read_orders


@dataclass(frozen=True, slots=True)
class Contact:
    """An end client of a partner in default, as it is known now; `since` is the first day of the partner's default."""

    end_client_id: str
    name: str
    address: str
    email: str
    language: str
    since: date
    order_no: int


def write_contacts(outside: Outside) -> None:
    """Write the list of each partner whose service is ordered limited, `orders/contacts-<payer>-<order>.csv`, once an order."""
    with outside.engine.connect() as conn:
        for order in read_orders(conn, open_only=True):
            path = _path(order)
            if order.row.suspends and not outside.out.exists(path) and (found := contacts(conn, order)):
                write_csv(outside.out, path, Contact, found)


def contacts(conn: Connection, order: Order) -> list[Contact]:
    """The end clients an order reaches, by name; none where the payer is no partner."""
    to_call = [each.end_client_id for each in contact_list(order.row.payer_id, order.end_clients)]
    return sql.rows(conn, Contact, "suspension/contacts", order_no=order.row.order_no, end_client_ids=to_call)


def contacts_of(outside: Outside, payer_id: str) -> str:
    """The list of a partner in default as CSV, with what is known today. Raises Stopped when there is nobody to call, saying why."""
    with outside.engine.connect() as conn:
        order = next((one for one in read_orders(conn, open_only=True, payer_id=payer_id) if one.row.suspends), None)
        if order is None:
            raise Stopped(f"no order limits the service of {payer_id}; `billing suspensions` lists those there are")
        found = contacts(conn, order)
    if not found:
        raise Stopped(f"{payer_id} is no partner: it has no end clients to call")
    return csv_text(Contact, found)


def _path(order: Order) -> str:
    return f"orders/contacts-{file_part(order.row.payer_id)}-{order.row.order_no}.csv"


__all__ = ["Contact", "contacts_of", "write_contacts"]
