"""The close report: what it says, in which order, and that it is one file that shows nothing it was not given as text."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from reports.close_report import CloseReport, Failed, InvoiceRow, NotInForce, Parked, ServiceTotal, UsageTotal, render
from reports.gate_page import Finding, GateReport
from tasks import gates, report
from tasks.outside import Outside
from tests.steps.gate_rows import RUN, write, write_close

HELD = Finding("held", "warning", "GC-2.2", "no usage is held back", "bring the contract into force", Decimal(2), Decimal(0), False,
               ({"line": "L-WAIT", "records": "2"},))  # fmt: skip
FINE = Finding("price_negative", "critical", "BT-2.e", "no call costs less than nothing", "look", Decimal(0), Decimal(0), True)

CLEAN = CloseReport(
    month=date(2026, 10, 1),
    on=date(2026, 10, 28),
    approved_by="Claire Dubois",
    net=Decimal("12345.67"),
    vat=Decimal("2592.59"),
    gross=Decimal("14938.26"),
    payers=1,
    services=(
        ServiceTotal("business_telephony", Decimal("12000.00"), Decimal("300.00"), Decimal("0.00"), Decimal("12300.00")),
        ServiceTotal("telavox", Decimal("40.00"), Decimal("5.67"), Decimal("0.00"), Decimal("45.67")),
    ),
    gates=(GateReport("close 2026-10", "rating", "Rated usage", (FINE,)),),
    parked=(),
    not_in_force=(),
    usage=(UsageTotal("charged", "on the invoices", 1234, Decimal("305.67")),),
    mailed=1,
    published=0,
    failed=(),
    invoices=(
        InvoiceRow(
            "2026-000001",
            "P1",
            "One",
            Decimal("12345.67"),
            Decimal("2592.59"),
            Decimal("14938.26"),
            date(2026, 11, 27),
            "invoices/2026-000001.pdf",
        ),
    ),
    order_invoices=0,
    order_net=Decimal("0.00"),
    snapshot_on=date(2026, 10, 28),
    elements=30,
    content_hash="ab" * 32,
    policy="contract",
    policy_source="General commercial conditions CG-2.d",
)
LEFT = replace(
    CLEAN,
    gates=(GateReport("close 2026-10", "rating", "Rated usage", (HELD, FINE)),),
    parked=(Parked("P2", "Two <SRL>", "no mail address", "set billing_emails of P2"),),
    not_in_force=(NotInForce("C9", "P9", "Nine", "written confirmation"),),
    failed=(Failed("2026-000007", "P7", "email", "550 no such user"),),
)


def words(page: bytes) -> str:
    """The page as a person reads it."""
    body = re.sub(r"<style>.*?</style>", "", page.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)).replace("\N{NO-BREAK SPACE}", " ")


def test_credit_notes_are_counted_apart_from_invoices() -> None:
    note = replace(CLEAN.invoices[0], number="C2026-000001", net=Decimal("-10.00"), vat=Decimal("-2.10"), gross=Decimal("-12.10"))
    assert "1 invoices to 1 payers" in words(render(CLEAN))
    assert "1 invoices and 1 credit note to 1 payers" in words(render(replace(CLEAN, invoices=(*CLEAN.invoices, note))))
    assert "1 invoices and 2 credit notes to" in words(render(replace(CLEAN, invoices=(*CLEAN.invoices, note, note))))


def test_a_clean_close_says_so_first() -> None:
    said = words(render(CLEAN))
    assert "October 2026, closed on 28 October 2026 Closed. Every check passed and every invoice is with its payer." in said
    assert "12 345.67 EUR without VAT" in said
    assert "Approved by Claire Dubois." in said


def test_a_close_with_something_left_names_it_in_one_sentence() -> None:
    assert (
        LEFT.state
        == "Closed, with something left to do: 1 payer is parked, 1 contract is not in force, 1 invoice did not arrive, 1 warning to look at."
    )
    said = words(render(LEFT))
    for what in (
        "set billing_emails of P2",
        "written confirmation",
        "550 no such user",
        "What to do: bring the contract into force",
        "L-WAIT",
    ):
        assert what in said


def test_it_reads_from_the_state_down_to_each_invoice() -> None:
    said = words(render(LEFT))
    order = ["By service", "Quality gates", "Parked payers", "Contracts not in force", "Usage", "Delivery", "Rules in use", "Invoices"]
    places = [said.rindex(heading) if heading == "Invoices" else said.index(f" {heading} ") for heading in order]
    assert places[:-1] == sorted(places[:-1])


def test_services_add_up_to_the_total() -> None:
    assert "Total 12 040.00 305.67 12 345.67" in words(render(CLEAN))


def test_it_says_which_dunning_policy_is_in_use() -> None:
    assert "Dunning policy contract : General commercial conditions CG-2.d" in words(render(CLEAN))


def test_it_links_each_invoice_and_the_gates() -> None:
    page = render(CLEAN).decode()
    for link in ("invoices/2026-000001.pdf", "gates.html", "data_docs/index.html", "invoices.csv"):
        assert f'href="{link}"' in page


def test_what_it_shows_is_escaped() -> None:
    page = render(LEFT).decode()
    assert "Two &lt;SRL&gt;" in page
    assert "<SRL>" not in page


def test_it_needs_no_other_file_to_be_read() -> None:
    page = render(LEFT).decode()
    assert re.findall(r"<(?:script|link|img)\b", page) == []
    assert "//" not in re.sub(r"<!--.*?-->", "", page)


def test_the_same_close_gives_the_same_bytes() -> None:
    assert render(LEFT) == render(LEFT)


def closed(outside: Outside) -> None:
    with outside.engine.begin() as conn:
        write_close(conn, "delivery")
        write(conn, "insert into document (run_id, invoice_id, kind, path, sha256, size) select 1, invoice_id, 'invoice', "
                    "'2026-10/invoices/' || number || '.pdf', repeat('a', 64), 1 from invoice")  # fmt: skip
        write(conn, "update run set snapshot_on = '2026-10-28', approved_by = 'Claire Dubois'")
    gates.check(outside, RUN, "rating")


def test_the_report_step_writes_report_gate_page_and_data_docs(outside: Outside) -> None:
    closed(outside)
    receipt = report.stage(outside, RUN)
    folder = Path(outside.settings.out) / "2026-10"
    said = words((folder / "close_report.html").read_bytes())
    assert "Closed. Every check passed" in said
    assert "103.00 EUR without VAT" in said
    assert "Business Telephony 62.00 1.00 63.00 SIP Trunking 40.00 0.00 40.00 Total 102.00 1.00 103.00" in said
    assert "2 invoices mailed, 0 on the portal, 0 not delivered." in said
    assert 'href="invoices/2026-000001.pdf"' in (folder / "close_report.html").read_text(encoding="utf-8")
    assert "Rated usage · 21 checks passed" in words((folder / "gates.html").read_bytes())
    assert (folder / "data_docs" / "index.html").is_file()
    assert (folder / "invoices.csv").is_file()
    assert receipt.figures["invoices"] == 2


def test_done_again_it_writes_the_same_pages(outside: Outside) -> None:
    closed(outside)
    report.stage(outside, RUN)
    folder = Path(outside.settings.out) / "2026-10"
    before = {name: (folder / name).read_bytes() for name in ("close_report.html", "gates.html", "invoices.csv", "invoice_lines.csv")}
    report.stage(outside, RUN)
    assert {name: (folder / name).read_bytes() for name in before} == before
