"""Three closes of an invented operator, against the same bills computed a second time from the feed and the clauses alone."""

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from sqlalchemy import URL

from flows.monthly_close import monthly_close
from flows.order_invoicing import order_invoicing
from tasks.demo.feed import MONTHS, deliver, write_feed
from tests.databases import create_database
from tests.naive_bills import Bills, Document
from tests.naive_feed import Operator
from tests.naive_usage import Rated
from tests.plain_invoices import Bill, prepaid_joined

PAYERS, CALLS, SEED = 45, 6_000, 1
Fact = tuple[object, ...]


@dataclass
class Month:
    """What one month should hold by the second computation."""

    documents: list[Document]
    lines: list[Bill]
    calls: list[Rated]
    operator: Operator


def expected(whole: Path, feed: Path) -> dict[str, Month]:
    """The bills of the three months by the clauses; `feed` is filled month by month as the operator's systems would."""
    bills, found = Bills(), {}
    for month in MONTHS:
        ordered, on = date.fromisoformat(f"{month}-12"), date.fromisoformat(f"{month}-28")
        deliver(whole, feed, through=ordered)
        orders = bills.orders(Operator(feed), ordered)
        deliver(whole, feed, through=on)
        operator = Operator(feed)
        closed = bills.close(operator, on)
        found[month] = Month(orders.documents + closed.documents, orders.lines + closed.lines, closed.calls, operator)
    return found


@pytest.fixture(scope="module")
def audited(server: URL, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Month], Path]:
    """The second computation, and the folder the product wrote its months to."""
    here = tmp_path_factory.mktemp("audit")
    write_feed(here / "whole", seed=SEED, payers=PAYERS, calls=CALLS)
    make_packs_scarce(here / "whole" / "packs.csv")
    with pytest.MonkeyPatch.context() as settings:
        url = create_database(server).render_as_string(hide_password=False)
        for name, value in {
            "DATABASE_URL": url,
            "STATE": here / "state",
            "FEED": here / "feed",
            "OUT": here / "out",
            "SMTP_URL": f"maildir:{here / 'mailbox'}",
            "WORKERS": "1",
        }.items():
            settings.setenv(f"BILLING_{name}", str(value))
        for month in MONTHS:
            deliver(here / "whole", here / "feed", through=date.fromisoformat(f"{month}-12"))
            order_invoicing.fn(on=date.fromisoformat(f"{month}-12"))
            deliver(here / "whole", here / "feed", through=date.fromisoformat(f"{month}-28"))
            monthly_close.fn(period=month, on=date.fromisoformat(f"{month}-28"), approve=True)
    return expected(here / "whole", here / "again"), here / "out"


def make_packs_scarce(path: Path) -> None:
    """A twentieth of the minutes: so few calls as here would leave every pack half full, and nothing would be split."""
    packs = table(path)
    for pack in packs:
        pack["minutes"] = pack["minutes"] and str(max(1, int(pack["minutes"]) // 20))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(packs[0]))
        writer.writeheader()
        writer.writerows(packs)


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def number(text: object) -> Decimal | None:
    return Decimal(str(text)) if text not in ("", None) else None


def written_lines(folder: Path, operator: Operator) -> Iterable[Fact]:
    rows = table(folder / "invoice_lines.csv")
    yield from terms([row for row in rows if prepaid(row, operator)])
    for row in rows:
        if prepaid(row, operator):
            continue
        unit_price = None if row["charge"] == "usage" else number(row["unit_price"])
        yield (
            row["contract_id"],
            row["end_client_id"],
            row["line_id"],
            row["product"],
            row["charge"],
            row["from_day"],
            row["to_day"],
            number(row["quantity"]),
            unit_price,
            number(row["net"]),
            number(row["vat_rate"]) or 0,
        )


def prepaid(row: dict[str, str], operator: Operator) -> bool:
    return row["charge"] != "one_off" and operator.products.get(row["product"], {}).get("timing") == "at_order"


def terms(rows: list[dict[str, str]]) -> Iterable[Fact]:
    """A prepaid term is written month by month; here as one line, for its whole price is what was agreed."""
    for line_id in sorted({row["line_id"] for row in rows}):
        months = sorted((row for row in rows if row["line_id"] == line_id), key=lambda row: row["from_day"])
        one = months[0]
        net = sum((Decimal(row["net"]) for row in months), Decimal(0))
        yield (
            one["contract_id"],
            one["end_client_id"],
            line_id,
            one["product"],
            "recurring",
            one["from_day"],
            months[-1]["to_day"],
            number(one["quantity"]),
            number(one["unit_price"]),
            net,
            number(one["vat_rate"]) or 0,
        )


def computed_lines(month: Month) -> Iterable[Fact]:
    book = month.operator.book
    for line in prepaid_joined(month.lines, book.prepaid):
        yield (
            line.contract_id,
            line.end_client_id,
            line.line_id,
            line.product,
            line.charge,
            line.first.isoformat(),
            line.last.isoformat(),
            line.quantity,
            line.unit_price,
            line.net,
            book.payers[line.payer_id].vat_percent,
        )


def written_documents(folder: Path) -> Iterable[Fact]:
    for row in table(folder / "invoices.csv"):
        due_on = row["due_on"] if row["kind"] == "invoice" else ""
        yield row["kind"], row["payer_id"], due_on, number(row["net"]), number(row["vat"]), number(row["gross"])


def computed_documents(month: Month) -> Iterable[Fact]:
    for one in month.documents:
        yield one.kind, one.payer_id, one.due_on.isoformat() if one.due_on else "", one.net, one.vat, one.net + one.vat


def written_calls(folder: Path) -> Iterable[Fact]:
    for path in sorted((folder / "rated_usage").glob("*.parquet")):
        for row in pq.read_table(path).to_pylist():
            yield row["usage_id"], row["status"], row["seconds_in_pack"] or 0, number(row["price"]) or 0


def computed_calls(month: Month) -> Iterable[Fact]:
    for one in month.calls:
        yield one.call.usage_id, one.status, one.in_pack, one.price


def differences(computed: Iterable[Fact], written: Iterable[Fact]) -> list[str]:
    """What only one of the two has, each with the side it is on."""
    ours, theirs = Counter(computed), Counter(written)
    found = [(fact, "computed") for fact in (ours - theirs).elements()] + [(fact, "written") for fact in (theirs - ours).elements()]
    return sorted(f"{' '.join(str(cell) for cell in fact)}: only {side}" for fact, side in found)


@pytest.mark.parametrize("month", MONTHS)
def test_every_line_of_the_month_is_what_the_clauses_give(audited: tuple[dict[str, Month], Path], month: str) -> None:
    months, out = audited
    assert differences(computed_lines(months[month]), written_lines(out / month, months[month].operator)) == []


@pytest.mark.parametrize("month", MONTHS)
def test_every_invoice_has_the_vat_the_total_and_the_due_day_the_clauses_give(audited: tuple[dict[str, Month], Path], month: str) -> None:
    months, out = audited
    assert differences(computed_documents(months[month]), written_documents(out / month)) == []


@pytest.mark.parametrize("month", MONTHS)
def test_every_call_of_the_month_has_the_status_and_the_price_the_clauses_give(audited: tuple[dict[str, Month], Path], month: str) -> None:
    months, out = audited
    assert differences(computed_calls(months[month]), written_calls(out / month)) == []


def test_the_audit_sees_every_kind_of_line_and_every_status(audited: tuple[dict[str, Month], Path]) -> None:
    months, _ = audited
    charges = {line.charge for month in months.values() for line in month.lines}
    statuses = {one.status for month in months.values() for one in month.calls}
    assert charges == {"one_off", "recurring", "pro_rata", "usage", "balance", "refund", "credit"}
    assert statuses == {"charged", "in_pack", "free", "held", "unrated"}
    assert any(one.status == "charged" and one.in_pack for month in months.values() for one in month.calls)
    operator = months[MONTHS[0]].operator
    assert not all(payer.reachable for payer in operator.book.payers.values())
