"""Differences in words: one line for each thing on a document that is not as issued, with the input behind it where that shows.

What follows from another difference is not said again: totals and VAT from the lines, a line from its charge or its calls, pools
from the calls that drew on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum
from itertools import groupby

from billing.rating import Reason, Status
from tasks.audit.differences import AT_MOST, DOCUMENT, Difference, Row
from tasks.audit.naming import RATES, Names
from tasks.explain.words import plain

CHARGES = ("recurring_charge", "addition_charge", "one_off_charge", "ad_hoc_charge")
SUMS = frozenset({"net", "vat", "gross"})
NUMBERS = frozenset({"number", "series", "seq", "structured_reference"})
CODES: Mapping[str, type[IntEnum]] = {"status": Status, "reason": Reason}
RESULTS = frozenset({"net", "quantity", "clause", "count_clause"})  # of a charge: they follow from what it was made from


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference: on what, what was issued, what comes out now, and which inputs differ."""

    where: str
    issued: str
    again: str
    because: tuple[str, ...] = ()

    def __str__(self) -> str:
        why = f"; differs: {'; '.join(self.because)}" if self.because else ""
        return f"{self.where}: issued {self.issued}, recomputed {self.again}{why}"


@dataclass(slots=True)
class Findings:
    """The findings of one run. `name` is the run's; the differences not yet spoken of wait by what they belong to."""

    name: str
    names: Names
    differences: Sequence[Difference]
    _told: set[int] = field(default_factory=set)

    def all(self) -> list[Finding]:
        """Every finding: documents first, then what reached no document."""
        lines = self._of("invoice_line")
        found = [self._line(one) for one in lines]
        found += [self._document(one, names) for one in self._of("invoice") if (names := self._own(one, lines))]
        found += [self._vat(one) for one in self._of("invoice_vat") if not _same_document(one, lines)]
        return found + list(self._rest())

    def _of(self, table: str) -> list[Difference]:
        return [one for one in self.differences if one.table == table]

    def _line(self, one: Difference) -> Finding:
        row = one.row
        days = f"{row['from_day']} to {row['to_day']}" if row["from_day"] != row["to_day"] else row["from_day"]
        seq = f" line {row['line_seq']}" if one.issued is not None else ""
        what = " ".join(filter(None, (row["line_id"] or row["contract_id"] or row["charge"], row["product"], days)))
        where = f"{self._document_name(one)}{seq}, {what}"
        issued, again = _amount(one.issued), _amount(one.again)
        because = self._causes(row)
        if issued == again and not because:
            because = tuple(_changes(one, one.changed()))
        return Finding(where, issued, again, because)

    def _document_name(self, one: Difference) -> str:
        """The number it was issued with; by its payer where it was not, for in the past it may have taken the number of another."""
        head = next((head for head in self._of("invoice") if _identity(head.row) == _identity(one.row)), one)
        if head.issued is None and head.table == "invoice":
            payer, kind = _identity(one.row)[:2]
            return f"{_word(str(kind))} of {payer}"
        return str(head.row["number"])

    def _causes(self, line: Row) -> tuple[str, ...]:
        """The charge or the calls of an invoice line that differ."""
        found: list[str] = []
        if line["charge"] == "usage":
            calls = [one for one in self._of("rated_usage") if self._is_of(one, line)]
            self._told.update(map(id, calls))
            found += [self._call(one) for one in calls[:3]]
            if len(calls) > 3:
                found.append(f"{len(calls) - 3} more records")
        if line["charge"] in ("interest", "fee"):
            late = [one for one in self._of("late_charge") if _is_late_charge_of(one.row, line)]
            self._told.update(map(id, [*late, *self._of("interest_delay")]))
            found += [change for one in late for change in _changes(one, [name for name in one.changed() if name != "amount"])]
        for one in self.differences:
            if one.table in CHARGES and self._line_id(one) == line["line_id"] and _first_day(one.row) == line["from_day"]:
                self._told.add(id(one))
                found += _changes(one, [name for name in one.changed() if name not in RESULTS])
        return tuple(found)

    def _is_of(self, one: Difference, line: Row) -> bool:
        numbers = {row.get(column, 0) for row in (one.issued, one.again) if row for column in RATES}
        groups = {rate.destination_group for number in numbers if (rate := self.names.rates.get(number))}
        return self._line_id(one) == line["line_id"] and line["product"] in groups

    def _line_id(self, one: Difference) -> str:
        return self.names.lines.get(one.row.get("line_no", 0), "")

    def _call(self, one: Difference) -> str:
        name = f"record {self.names.calls.get(one.row['usage_no'], one.row['usage_no'])}"
        if one.issued is None or one.again is None:
            return f"{name} {'was not rated' if one.issued is None else 'is not rated'}"
        then, now = (row["charged"] + row["in_pack"] for row in (one.issued, one.again))
        if then != now:
            return f"{name} quantity {then} → {now}"
        changed = one.changed()
        if changed == ["price_cents"] and (rate := self.names.rates.get(one.row["rate_no"])):
            return f"{name} {rate} {_cents(one.issued)} → {_cents(one.again)}"
        return f"{name} {', '.join(_changes(one, changed))}"

    def _own(self, one: Difference, lines: Sequence[Difference]) -> list[str]:
        """The columns of a document that differ for themselves. When a document is too many or missing, all numbers after it move."""
        if one.issued is None or one.again is None:
            return [] if _same_document(one, lines) else ["existence"]
        follows = SUMS if _same_document(one, lines) else frozenset()
        if any(other.issued is None or other.again is None for other in self._of("invoice")):
            follows |= NUMBERS
        return [name for name in one.changed() if name not in follows]

    def _document(self, one: Difference, names: Sequence[str]) -> Finding:
        where = self._document_name(one)
        if names == ["existence"]:
            return Finding(where, "nothing" if one.issued is None else "as it is", "nothing" if one.again is None else "a document")
        assert one.issued is not None
        assert one.again is not None
        issued, again = (", ".join(f"{_word(name)} {row[name]}" for name in names) for row in (one.issued, one.again))
        return Finding(where, issued, again)

    def _vat(self, one: Difference) -> Finding:
        issued, again = ("nothing" if row is None else f"{row['vat']} on {row['base']}" for row in (one.issued, one.again))
        return Finding(f"{self._document_name(one)} VAT {one.row['vat_category']} {one.row['vat_rate']} %", issued, again)

    def _rest(self) -> Iterator[Finding]:
        """What reached no invoice line: a record that is free either way, a list, a pool."""
        rated = {one.row["usage_no"] for one in self._of("rated_usage")}
        for table, group in groupby(self.differences, key=lambda one: one.table):
            here = [one for one in group if id(one) not in self._told and table not in ("invoice", "invoice_line", "invoice_vat")]
            if table == "usage_pending":
                here = [one for one in here if one.row["usage_no"] not in rated]
            if table in ("pool_use", "roaming_use") and rated:
                here = []
            yield from (self._other(one) for one in here)
            if len(here) >= AT_MOST:
                yield Finding(f"{self.name} {table}", "more", f"more: only the first {AT_MOST} differences are listed")

    def _other(self, one: Difference) -> Finding:
        if one.table == "rated_usage":
            name = self.names.calls.get(one.row["usage_no"], one.row["usage_no"])
            return Finding(f"{self.name} record {name} of {self._line_id(one)}", *_both(one), tuple(self._quantity(one)))
        thing = " ".join(str(one.row[name]) for name in one.row if name.startswith("key_"))
        return Finding(f"{self.name} {_word(one.table)} {self._line_id(one) or thing} {_first_day(one.row)}".rstrip(), *_both(one))

    def _quantity(self, one: Difference) -> Iterator[str]:
        if one.issued and one.again:
            then, now = (row["charged"] + row["in_pack"] for row in (one.issued, one.again))
            if then != now:
                yield f"quantity {then} → {now}"


def _same_document(one: Difference, lines: Iterable[Difference]) -> bool:
    return any(_identity(one.row) == _identity(line.row) for line in lines)


def _is_late_charge_of(charge: Row, line: Row) -> bool:
    same_kind = (charge["what"] == "interest") == (line["charge"] == "interest")
    return same_kind and (charge["payer_id"], charge["from_day"]) == (line["document_payer_id"], line["from_day"])


def _identity(row: Row) -> tuple[object, ...]:
    return tuple(row.get(f"document_{name}", row.get(name)) for name in DOCUMENT)


def _amount(row: Row | None) -> str:
    if row is None:
        return "nothing"
    quantity = f"{Decimal(row['quantity']).normalize():f}"
    if row["charge"] == "usage":
        return f"{row['net']} for {quantity} call{'s' * (quantity != '1')}"
    return f"{quantity} × {plain(Decimal(row['unit_price']))} = {row['net']}" if row["unit_price"] is not None else str(row["net"])


def _cents(row: Row) -> str:
    return f"{Decimal(row['price_cents']).scaleb(-2):.2f}"


def _changes(one: Difference, columns: Iterable[str]) -> list[str]:
    if one.issued is None or one.again is None:
        return []
    both = ((name, one.issued, one.again) for name in columns)
    return [f"{_column(name)} {_value(name, then)} → {_value(name, now)}{_origin(then, name)}" for name, then, now in both]


def _origin(issued: Row, name: str) -> str:
    """Where the price of a charge came from."""
    if name != "unit_price" or "price_from" not in issued:
        return ""
    return f" (price list of {issued['price_from']})" if issued["price_from"] else " (order line)"


def _both(one: Difference) -> tuple[str, str]:
    """The columns that differ, on both sides."""
    if one.issued is None or one.again is None:
        return ("nothing", "it") if one.issued is None else ("it", "nothing")
    issued, again = (", ".join(f"{_column(name)} {_value(name, row)}" for name in one.changed()) for row in (one.issued, one.again))
    return issued, again


def _column(name: str) -> str:
    return "price" if name == "price_cents" else _word(name)


def _value(name: str, row: Row) -> str:
    """The value of a column as people say it."""
    value = row[name]
    if name == "price_cents":
        return _cents(row)
    if name in CODES:
        return _word(CODES[name](value).name.lower())
    if value is None:
        return "none"
    return plain(value) if isinstance(value, Decimal) else str(value)


def _first_day(row: Row) -> str:
    if "days" in row:
        return str(row["days"])[1:11]
    return str(row.get("first_day") or row.get("ordered_on") or row.get("charged_on") or "")


def _word(name: str) -> str:
    return name.replace("_", " ")


__all__ = ["Finding", "Findings"]
