"""The second month of an invented operator, previewed and then closed: pools, credits, refunds and orders among what is billed."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import URL, text

from flows.monthly_close import monthly_close
from flows.order_invoicing import order_invoicing
from tasks.demo.feed import MONTHS, deliver, write_feed
from tests.databases import create_database
from tests.steps.preview_scene import Place

PAYERS, CALLS, SEED = 45, 1_500, 3
COLUMNS = (
    "payer_id", "contract_id", "end_client_id", "line_id", "product", "charge", "from_day", "to_day", "quantity", "unit_price", "net",
    "vat_category", "vat_rate", "clause",
)  # fmt: skip
Lines = Counter[tuple[str, ...]]


def previewed_lines(place: Place, month: str) -> Lines:
    rows = csv.DictReader(io.StringIO(place.previewed(month)["invoice_lines.csv"].decode()))
    return Counter(tuple(_plain(row[name]) for name in COLUMNS) for row in rows)


def issued_lines(place: Place, month: str) -> Lines:
    statement = (
        f"select invoice.payer_id, {', '.join(f'line.{name}' for name in COLUMNS[1:])}"
        " from invoice join run using (run_id) join invoice_line as line using (invoice_id)"
        " where run.kind = 'close' and run.period = cast(:period as date) and number is not null"
    )
    with place.outside() as outside, outside.engine.connect() as conn:
        rows = conn.execute(text(statement), {"period": f"{month}-01"}).tuples()
        return Counter(tuple(_plain("" if value is None else str(value)) for value in row) for row in rows)


def _plain(value: str) -> str:
    """Figures without needless zeros, as two writers may show them."""
    return f"{Decimal(value).normalize():f}" if value.lstrip("-").replace(".", "", 1).isdigit() else value


def but_for_imports(there: dict[str, object]) -> dict[str, object]:
    """The feed has rows that are refused; every import looks at them again, in vain, and takes numbers for it."""
    return {
        name: value for name, value in there.items() if name not in ("public.usage_record_usage_no_seq", "public.import_run_import_no_seq")
    }


def total(lines: Lines) -> Decimal:
    return sum((Decimal(line[COLUMNS.index("net")]) * many for line, many in lines.items()), Decimal(0))


@pytest.fixture(scope="module")
def place(server: URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The first month closed, the second with its orders invoiced and its feed complete."""
    here = Place(tmp_path_factory.mktemp("demo"), create_database(server))
    write_feed(here.folder / "whole", seed=SEED, payers=PAYERS, calls=CALLS)
    with pytest.MonkeyPatch.context() as settings:
        for name, value in here.variables.items():
            settings.setenv(name, value)
        for month in MONTHS[:2]:
            deliver(here.folder / "whole", here.folder / "feed", through=date.fromisoformat(f"{month}-12"))
            order_invoicing.fn(on=date.fromisoformat(f"{month}-12"))
            deliver(here.folder / "whole", here.folder / "feed", through=date.fromisoformat(f"{month}-28"))
            if month == MONTHS[0]:
                monthly_close.fn(period=month, approve=True)
        yield here


def test_what_the_close_issues_is_what_was_previewed_line_by_line_and_some_payers_are_their_part(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in place.variables.items():
        monkeypatch.setenv(name, value)
    month = MONTHS[1]
    said = place.preview(month)
    before, whole = place.everything(), previewed_lines(place, month)
    payers = sorted({line[0] for line in whole})[::5]
    place.preview(month, payers=payers)
    assert previewed_lines(place, month) == Counter({line: many for line, many in whole.items() if line[0] in payers})
    assert but_for_imports(place.everything()) == but_for_imports(before)
    assert len(whole) > 50
    assert f"than close {MONTHS[0]}" in said
    monthly_close.fn(period=month, approve=True)
    issued = issued_lines(place, month)
    assert (issued - whole, whole - issued) == (Counter(), Counter())
    assert f"EUR {total(issued):,.2f} net" in said
