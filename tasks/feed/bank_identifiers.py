"""How accounts, banks and mandates are read: refused when a bank would refuse them, and written one way only."""

import re

from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException

from tasks.feed.values import Unreadable

_MANDATE = re.compile(r"[A-Za-z0-9+?/:().,'-]{1,35}")


def iban(cell: str) -> str:
    """An account that SEPA reaches: its IBAN in capitals without spaces."""
    try:
        read = IBAN(cell)
    except SchwiftyException:
        raise Unreadable("not an IBAN; check its digits, as in BE71 0961 2345 6769") from None
    if not read.in_sepa_zone:
        raise Unreadable(f"an account of {read.country_code}, which SEPA does not reach; give one that it does")
    return str(read.compact)


def bic(cell: str) -> str:
    """A bank: its BIC in capitals, of eight or eleven characters."""
    try:
        return str(BIC(cell).compact)
    except SchwiftyException:
        raise Unreadable("not a BIC; write its 8 or 11 characters, as in GKCCBEBB, or leave it empty") from None


def mandate_reference(cell: str) -> str:
    """The unique reference of a mandate, as banks take it."""
    if len(cell) > 35:
        raise Unreadable("longer than 35 characters; give the reference that stands on the mandate")
    if not _MANDATE.fullmatch(cell):
        raise Unreadable("holds characters that banks refuse; letters without accents, digits and + ? / - : ( ) . , ' are taken")
    if cell.startswith("/") or cell.endswith("/") or "//" in cell:
        raise Unreadable("begins or ends with a slash, or has two in a row; banks refuse that, give the reference without")
    return cell


__all__ = ["bic", "iban", "mandate_reference"]
