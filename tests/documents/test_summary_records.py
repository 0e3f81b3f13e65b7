"""What the records of summaries and invoices say, from a close of the small operator and from rows made by hand."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import URL, text

from billing.contract import Contract
from billing.counting import History
from flows.monthly_close import monthly_close
from reports.records import ElementRecord, InvoiceRecord, Reference, SummaryLine, SummaryRecord
from reports.summary_pdf import render_summary
from reports.wording import wording
from tasks.document_records import basis_of, records
from tasks.ledger import find_run
from tasks.outside import Outside, open_outside
from tasks.snapshot import Snapshot
from tasks.summary_records import CountedRow, Counts, ElementRow, SummaryBasis, summaries
from tests.databases import create_database
from tests.documents.reading import plain
from tests.documents.reading import text as paper
from tests.documents.samples import HASH, invoice
from tests.world import world

Drawn = tuple[dict[str, InvoiceRecord], dict[str, SummaryRecord]]
OCTOBER = date(2026, 10, 1)
NOVEMBER = ((date(2026, 11, 1), date(2026, 11, 30)),)
DONE = date(2025, 2, 1)
AGREED = Contract("C-1", "P-1", "allocloud", DONE, DONE, None, None, DONE, date(2025, 3, 1), 24)


def counted(rule: str = "counted", **changes: object) -> CountedRow:
    """A line of users: 8 counted, 10 ordered, charged for November."""
    row = CountedRow(
        1, 1, "E-1", "Alfa", "C-1", 7, "L-1", "business_telephony", "Utilisateur", 8, 10, 9, rule, "BT-2.h", [NOVEMBER[0][0]],
        [NOVEMBER[0][1]], date(2026, 1, 1), None,
    )  # fmt: skip
    return replace(row, **changes)  # type: ignore[arg-type]


def line_of(row: CountedRow, history: History | None = None, elements: tuple[ElementRow, ...] = ()) -> SummaryLine:
    """The line of the summary that the row makes."""
    basis = SummaryBasis(OCTOBER, {"C-1": AGREED}, {7: history} if history else {}, Snapshot(date(2026, 10, 28), 30, HASH))
    ((record, _),) = summaries(1, invoice(1).head, basis, Counts({1: [row]}, {7: list(elements)}))
    return record.lines[0]


@pytest.mark.clause("BT-2.h")
@pytest.mark.parametrize(
    ("history", "reference"),
    [
        pytest.param(None, Reference(10, "ordered", OCTOBER), id="the first close: the 10 ordered"),
        pytest.param(History(12, None), Reference(12, "before", OCTOBER), id="12 charged in September"),
        pytest.param(History(12, 11), Reference(12, "before", OCTOBER), id="12 in September, 11 in October"),
        pytest.param(History(12, 14), Reference(14, "raised", OCTOBER), id="12 in September, raised to 14 in October"),
        pytest.param(History(None, 14), Reference(14, "raised", OCTOBER), id="10 ordered, raised to 14 in October"),
    ],
)
def test_a_minimum_of_users_names_its_reference_and_where_that_comes_from(history: History | None, reference: Reference) -> None:
    assert line_of(counted("minimum_users"), history).reference == reference


@pytest.mark.clause("CG-3.a")
@pytest.mark.parametrize(
    ("min_months", "until"),
    [
        pytest.param(None, date(2027, 2, 28), id="24 months of the contract from 1 March 2025"),
        pytest.param(12, date(2026, 12, 31), id="12 months of the line from 1 January 2026"),
    ],
)
def test_a_minimum_term_names_its_last_day(min_months: int | None, until: date) -> None:
    assert line_of(counted("minimum_term", min_months=min_months)).until == until


@pytest.mark.clause("BT-2.i")
def test_of_numbers_removed_only_those_still_due_on_the_first_day_charged_are_listed() -> None:
    elements = (
        ElementRow(7, "N-1", "+441", date(2026, 5, 1), is_there=True),
        ElementRow(7, "N-2", "+442", date(2026, 2, 27), is_there=False),  # due until 26 February 2027
        ElementRow(7, "N-3", "+443", date(2025, 11, 2), is_there=False),  # due until 1 November 2026: its last day is charged
        ElementRow(7, "N-4", "+444", date(2025, 11, 1), is_there=False),  # its twelve months ended on 31 October 2026
    )
    line = line_of(counted("twelve_months", clause="BT-2.i"), elements=elements)
    assert line.elements == (
        ElementRecord("N-1", "+441", date(2026, 5, 1)),
        ElementRecord("N-2", "+442", date(2026, 2, 27), date(2027, 2, 26)),
        ElementRecord("N-3", "+443", date(2025, 11, 2), date(2026, 11, 1)),
    )
    assert line.until == date(2027, 2, 26)


@pytest.mark.clause("CG-3.d")
def test_a_balance_names_its_last_day_and_shows_no_count_of_this_month() -> None:
    element = ElementRow(7, "E-1", "user 1", date(2026, 1, 27), is_there=True)
    row = counted("previous_invoice", first_days=[date(2026, 12, 1)], last_days=[date(2027, 2, 28)])
    line = line_of(row, elements=(element,))
    assert (line.until, line.counted, line.elements) == (date(2027, 2, 28), None, ())


@pytest.fixture(scope="module")
def closed(server: URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    """The small operator with October closed on the 28th; a user of ALFA is new on the 27th, and nothing else is changed."""
    here, url = tmp_path_factory.mktemp("records"), create_database(server)
    with pytest.MonkeyPatch.context() as settings:
        for name in ("STATE", "FEED", "OUT"):
            settings.setenv(f"BILLING_{name}", str(here / name.lower()))
        settings.setenv("BILLING_SMTP_URL", f"maildir:{here / 'mailbox'}")
        settings.setenv("BILLING_DATABASE_URL", url.render_as_string(hide_password=False))
        settings.setenv("BILLING_WORKERS", "1")
        small = world()
        small.inventory["2026-10-26"] = [row for row in small.inventory["2026-10-26"] if row["element_id"] != "L-ALFA-USER-3"]
        small.write(here / "feed")
        monthly_close.fn(period="2026-10", on=date(2026, 10, 28), approve=True)
        yield open_outside()


@pytest.fixture(scope="module")
def drawn(closed: Outside) -> Drawn:
    """The invoices by payer and the summaries by end client, as they are drawn."""
    with closed.engine.connect() as conn:
        run = find_run(closed.engine, 1)
        ids = [row.invoice_id for row in conn.execute(text("select invoice_id from invoice order by invoice_id"))]
        made = records(conn, run, ids, {}, closed.settings, basis_of(conn, run))
    return {one.invoice.head.payer.payer_id: one.invoice for one in made}, {
        summary.end_client_id: summary for one in made for summary, _ in one.summaries
    }


def by_line(summary: SummaryRecord) -> dict[str, SummaryLine]:
    return {line.line_id: line for line in summary.lines}


@pytest.mark.clause("BT-2.h")
def test_beta_has_8_users_counted_10_ordered_and_9_charged_for_november(drawn: Drawn) -> None:
    line = by_line(drawn[1]["E-BETA"])["L-BETA-USER"]
    assert (line.counted, line.ordered, line.quantity, line.rule, line.clause) == (8, 10, 9, "minimum_users", "BT-2.h")
    assert (line.days, line.reference) == (NOVEMBER, Reference(10, "ordered", OCTOBER))
    assert [element.element_id for element in line.elements] == [f"L-BETA-USER-{number}" for number in range(1, 9)]


@pytest.mark.clause("BT-2.f")
def test_an_element_has_the_day_of_the_first_snapshot_that_shows_it(drawn: Drawn) -> None:
    assert by_line(drawn[1]["E-ALFA"])["L-ALFA-USER"].elements == (
        ElementRecord("L-ALFA-USER-1", "user 1", date(2026, 10, 26)),
        ElementRecord("L-ALFA-USER-2", "user 2", date(2026, 10, 26)),
        ElementRecord("L-ALFA-USER-3", "user 3", date(2026, 10, 27)),
    )


@pytest.mark.clause("BT-2.i")
def test_the_number_removed_on_27_october_is_listed_as_due_until_25_october_2027(drawn: Drawn) -> None:
    line = by_line(drawn[1]["CL-PORTAL"])["L-PORTAL-INT"]
    assert (line.counted, line.quantity, line.rule, line.until) == (0, 1, "twelve_months", date(2027, 10, 25))
    assert line.elements == (ElementRecord("L-PORTAL-INT-1", "international_number 1", date(2026, 10, 26), date(2027, 10, 25)),)


@pytest.mark.clause("BT-2.b")
def test_a_line_begun_on_23_october_shows_all_days_it_is_charged_for(drawn: Drawn) -> None:
    assert by_line(drawn[1]["CL-START"])["L-START-USER"].days == ((date(2026, 10, 23), date(2026, 11, 30)),)


@pytest.mark.clause("BT-2.f")
def test_every_count_is_as_long_as_its_list_and_every_quantity_that_of_the_invoice(drawn: Drawn) -> None:
    invoices, shown = drawn
    charged = {
        line.line_id: line.quantity
        for invoice in invoices.values()
        for section in invoice.end_clients
        for line in section.lines
        if line.charge != "usage"
    }
    lines = [line for summary in shown.values() for line in summary.lines]
    assert {line.line_id: line.quantity for line in lines} == charged
    for line in lines:
        there = [element for element in line.elements if element.charged_until is None]
        assert len(there) == (line.counted or 0), line.line_id


@pytest.mark.clause("BT-2.f")
def test_every_summary_names_the_snapshot_of_the_28th_its_30_elements_and_its_hash(drawn: Drawn, closed: Outside) -> None:
    with closed.engine.connect() as conn:
        stored = conn.execute(text("select content_hash from inventory_snapshot where snapshot_on = '2026-10-28'")).scalar_one()
    for summary in drawn[1].values():
        assert (summary.snapshot_on, summary.snapshot_elements, summary.snapshot_hash) == (date(2026, 10, 28), 30, stored)


@pytest.mark.clause("CG-3.a")
def test_invoices_show_the_end_of_the_term_of_each_contract_and_of_a_line_with_its_own(drawn: Drawn) -> None:
    ends = {term.contract_id: term.until for invoice in drawn[0].values() for term in invoice.terms}
    assert ends == {
        "C-START": date(2028, 10, 22),
        **dict.fromkeys(("C-ALFA", "C-BETA", "C-TLX", "C-LUX", "C-PORTAL", "C-SIP", "C-PACK"), date(2027, 12, 31)),
    }
    lines = [line for invoice in drawn[0].values() for section in invoice.end_clients for line in section.lines]
    assert {line.line_id: line.term_until for line in lines if line.term_until} == {"L-PORTAL-INT": date(2026, 12, 31)}


def test_every_amount_of_the_ledger_stands_on_the_paper_in_the_store(drawn: Drawn, closed: Outside) -> None:
    for record in drawn[0].values():
        shown, figures = paper(closed.out.read(f"2026-10/invoices/{record.head.number}.pdf")), wording(record.head.payer.language).figures
        for amount in (record.head.net, record.head.vat_total, record.head.gross):
            assert plain(figures.money(amount)) in shown
        for section in record.end_clients:
            for line in section.lines:
                assert plain(figures.amount(line.net)) in shown


def test_a_summary_in_the_store_is_what_its_record_draws(drawn: Drawn, closed: Outside) -> None:
    for client, record in drawn[1].items():
        assert closed.out.read(f"2026-10/summaries/{client}.pdf") == render_summary(record)
