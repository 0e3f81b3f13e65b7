"""Mandates that cannot be: two of one payer in force on the same day, or another account under one that was debited before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

import sql
from tasks.feed.tables import Broken, Row


@dataclass(frozen=True, slots=True)
class KnownMandate:
    """A mandate that is there; `debited` are the accounts that were debited under it."""

    mandate_id: str
    payer_id: str
    signed_on: date
    ends_on: date | None
    debited: list[str]

    def meets(self, other: "KnownMandate") -> bool:
        """Tells whether both are in force on some day."""
        return self.signed_on <= (other.ends_on or date.max) and other.signed_on <= (self.ends_on or date.max)

    def __str__(self) -> str:
        return f"from {self.signed_on} {f'to {self.ends_on}' if self.ends_on else 'on'}"


_WAY_OUT = "give that one its ends_on, or correct this one, an account is debited under one mandate at a time"


def objections(conn: Connection, rows: Mapping[int, Row]) -> dict[int, Broken]:
    """Returns, by line of the file, which mandates meet another one of their payer, or change the account of one that was debited.

    Those there before come first, then the order of the file. One that is corrected is no other, and keeps its place when its
    correction is refused.
    """
    there = {one.mandate_id: one for one in sql.rows(conn, KnownMandate, "feed/mandates")}
    given = {str(row["mandate_id"]) for row in rows.values()}
    taken = {name: one for name, one in there.items() if name not in given}
    wrong: dict[int, Broken] = {}
    for line, row in sorted(rows.items(), key=lambda item: (item[1]["mandate_id"] not in there, item[0])):
        one = _read(row)
        broken = _account_changed(one, str(row["iban"]), there) or _meets_another(one, taken)
        if broken is None:
            taken[one.mandate_id] = one
            continue
        wrong[line] = broken
        if one.mandate_id in there:
            taken[one.mandate_id] = there[one.mandate_id]
    return wrong


def _account_changed(one: KnownMandate, iban: str, there: Mapping[str, KnownMandate]) -> Broken | None:
    debited = there[one.mandate_id].debited if one.mandate_id in there else []
    if all(account == iban for account in debited):
        return None
    return "iban", f"{debited[0]} was debited under this mandate; end it, and give the mandate of the new account its own mandate_id"


def _meets_another(one: KnownMandate, taken: Mapping[str, KnownMandate]) -> Broken | None:
    other = next((each for each in taken.values() if each.payer_id == one.payer_id and each.meets(one)), None)
    if other is None:
        return None
    return "signed_on", f"mandate {other.mandate_id} of {one.payer_id} is in force on days of it ({other}); {_WAY_OUT}"


def _read(row: Row) -> KnownMandate:
    signed_on, ends_on = row["signed_on"], row["ends_on"]
    assert isinstance(signed_on, date)
    assert ends_on is None or isinstance(ends_on, date)
    return KnownMandate(str(row["mandate_id"]), str(row["payer_id"]), signed_on, ends_on, [])


__all__ = ["objections"]
