"""The close report: what it says, in which order, and that it is one file that shows nothing it was not given as text."""

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from sqlalchemy import text

from billing.change_reasons import Reasons
from billing.period import Period
from flows.command_line import main
from reports.charts import Pair, pairs
from reports.close_records import NOTHING, CloseReport, Part, ReconciliationRow, Review, Totals
from reports.close_report import render
from tasks import gates, report
from tasks.close_report import write_again, write_reports
from tasks.ledger import Stopped
from tasks.outside import Outside
from tests.documents.close_samples import CLEAN, LEFT, RECONCILED, REVIEW, ROW, approval, at, eur
from tests.steps.gate_rows import RUN, write, write_close


def left(**changed: Any) -> CloseReport:
    """A close with something left to do, and what a case changes besides."""
    return replace(CLEAN, **{**LEFT, **changed})


def words(page: bytes) -> str:
    """The page as a person reads it, its charts left out."""
    body = re.sub(r"<style>.*?</style>|<svg.*?</svg>|[▲▼＝]", "", page.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)).replace("\N{NO-BREAK SPACE}", " ").replace("\N{MINUS SIGN}", "-")


@cache
def clean() -> bytes:
    """The page of a clean close: charts are slow to draw, and most cases look at the same page."""
    return render(CLEAN)


@cache
def unclean() -> bytes:
    """The page of a close with something left to do."""
    return render(left())


def figures(page: bytes) -> Mapping[str, str]:
    """Every figure of the page by its name, as it is shown."""
    found = html.fromstring(page).xpath("//*[@data-figure]")
    shown = {each.get("data-figure"): each.text_content().replace("\N{NO-BREAK SPACE}", " ") for each in found}
    assert len(shown) == len(found), "two figures of one name"
    return {name: value.replace("\N{MINUS SIGN}", "-") for name, value in shown.items()}


STATES: Mapping[str, tuple[Mapping[str, Any], str]] = {
    "a preview says that nothing is issued": (
        {"state": "preview"},
        "Preview. Nothing is issued and nothing is sent; the figures may still change.",
    ),
    "a waiting close says until when, and that nobody has approved": (
        {"state": "waiting", "review": replace(REVIEW, decisions=())},
        "Waiting for approval until 30 October 2026 at 09:00. Nobody has approved yet.",
    ),
    "with four eyes it says that two have to": (
        {"state": "waiting", "review": replace(REVIEW, decisions=(), approvals_needed=2)},
        "Nobody has approved yet; two people have to.",
    ),
    "the first of four eyes is named": (
        {"state": "waiting", "review": replace(REVIEW, approvals_needed=2)},
        "Approved by Claire Dubois, 1 of 2. ",
    ),
    "an answer that came too late is shown and does not count": (
        {"state": "waiting", "review": replace(REVIEW, decisions=(approval("Ann", 31, "too late"),))},
        (
            "Nobody has approved yet. Every check passed, everything is accounted for. "
            "31 October 2026 at 14:05: Ann approved (does not count: too late)"
        ),
    ),
    "a closed one says who approved it and when, once": (
        {},
        (
            "Closed. Approved by Claire Dubois on 28 October 2026 at 14:05. Issued with the date of 28 October 2026. "
            "Every check passed, everything is accounted for and every invoice is with its payer. The same as sheets"
        ),
    ),
    "both of four eyes are named": (
        {"review": replace(REVIEW, decisions=(approval("Ann"), approval("Bob")), approvals_needed=2)},
        "Closed. Approved by Ann and Bob on 28 October 2026 at 14:05.",
    ),
    "one approved by the setting says so": (
        {"review": Review(None, None, 1, (), "setting approval = auto", at(28, 14, 5))},
        "Closed. Approved by setting approval = auto on 28 October 2026 at 14:05.",
    ),
    "what is left to do stands in one sentence": (
        LEFT,
        "Left to do: 1 payer is parked, 1 contract is not in force, 1 invoice did not arrive, 1 warning to look at.",
    ),
}


@pytest.mark.parametrize("case", STATES)
def test_the_state_of_the_close_comes_first(case: str) -> None:
    changed, said = STATES[case]
    page = words(render(replace(CLEAN, **changed)))
    assert said in page
    assert page.index(said) < page.index("Why the net changed")


def test_it_reads_top_down_in_the_order_in_which_finance_decides() -> None:
    said = words(unclean())
    order = [
        "Left to do", "Totals Net", "Why the net changed since September", "Revenue by service", "Revenue by partner", "Traffic by destination",
        "Largest changes by payer", "Exceptions and parked payers", "What the gates found", "Quality gates Every", "Reconciliation Where",
        "Receivables and dunning", "Rules in use Dunning", "Documents Number", "Files File",
    ]  # fmt: skip
    places = [said.index(heading) for heading in order]
    assert places == sorted(places)


def test_totals_stand_beside_the_last_month_with_their_change() -> None:
    shown = figures(clean())
    assert shown["totals.net.now"] == "12 345.67"
    assert shown["totals.net.before"] == "11 000.00"
    assert shown["totals.net.change"] == "+1 345.67"
    assert shown["totals.net.share"] == "+12.2 %"


def test_the_reasons_add_up_to_the_change_in_the_table_and_in_the_chart() -> None:
    page = clean()
    assert figures(page)["reasons.total"] == "+1 345.67"
    chart = (
        html.fromstring(page).xpath("//*[name()='svg']/@aria-label")[0].replace("\N{NO-BREAK SPACE}", " ").replace("\N{MINUS SIGN}", "-")
    )
    assert chart == (
        "From September 11 000.00 to October 12 345.67 EUR: Price +100.00, Quantity +900.00, Traffic -54.33, New payers +500.00, "
        "Lost payers -200.00, One-off +100.00. Bars begin at 10 000.00."
    )


def test_a_name_with_dollar_signs_is_a_name_and_no_formula() -> None:
    assert "A$ #1 $B" in pairs([Pair("A$ #1 $B", Decimal(5), Decimal(4))], "Partners", inches=6)


def test_the_bars_of_a_chart_say_the_amounts_they_are_as_long_as() -> None:
    drawn = html.fromstring(clean()).xpath("(//*[name()='svg'])[1]//*[name()='text']/text()")
    assert [each.replace("\N{NO-BREAK SPACE}", " ") for each in drawn if each[-1].isdigit()] == [
        "11 000.00", "12 345.67", "+100.00", "+900.00", "\N{MINUS SIGN}54.33", "+500.00", "\N{MINUS SIGN}200.00", "+100.00",
    ]  # fmt: skip


def test_the_first_close_has_no_month_to_compare_with() -> None:
    first = replace(CLEAN, before=None, totals_before=NOTHING, reasons=Reasons(new=eur("12345.67")), changes=())
    said = words(render(first))
    assert "This is the first close: there is no month to compare it with." in said
    assert "Why the net changed" not in said
    assert "totals.net.before" not in figures(render(first))


def test_a_month_that_billed_nothing_is_told_in_words() -> None:
    empty = replace(
        CLEAN, totals=Totals(0, 0, 0, *[eur("0.00")] * 3), services=(), partners=(), destinations=(), changes=(), charges=(), invoices=(),
        files=(), documents=(), dunning=(), gates=(),
    )  # fmt: skip
    said = words(render(empty))
    for what in ("Nothing was billed.", "There was none to bill.", "No bill changed.", "None yet."):
        assert what in said


def test_credit_notes_are_counted_apart_from_invoices() -> None:
    assert "1 invoice, 1 payer" in words(clean()).replace(" ,", ",")
    said = words(render(replace(CLEAN, totals=replace(CLEAN.totals, invoices=2, credit_notes=1, payers=2))))
    assert "2 invoices, 1 credit note, 2 payers" in said.replace(" ,", ",")


def test_each_largest_change_is_explained_and_leads_to_its_document() -> None:
    page = html.fromstring(clean())
    (row,) = page.xpath("//section[@id='changes']//tbody/tr")
    assert row.xpath(".//a/@href") == ["invoices/2026-000001.pdf"]
    assert "12 users more (+1\N{NO-BREAK SPACE}345.67)" in row.text_content()


def test_what_is_left_to_do_says_how() -> None:
    said = words(unclean())
    for what in (
        "Two &lt;SRL&gt; P2 184.99 no mail address set billing_emails of P2",
        "written confirmation",
        "550 no such user",
        "L-WAIT",
    ):
        assert what in said
    assert "What to do: bring the contract into force" in said


def test_a_difference_of_nothing_is_shown_and_one_of_something_shouts() -> None:
    assert figures(clean())["reconciliation.euros.1.difference"] == "0.00"
    assert figures(clean())["reconciliation.records.1.difference"] == "0"
    lost = ReconciliationRow("euros", "Lines", (Part("Lines of invoices", eur("12345.67")),), (Part("Invoices, net", eur("12345.66")),))
    wrong = replace(CLEAN, reconciliation=(*RECONCILED[:2], lost))
    assert figures(render(wrong))["reconciliation.euros.1.difference"] == "0.01"
    said = words(render(wrong))
    assert "Left to do: 1 difference is not explained." in said
    assert "Difference: find out why before anyone signs" in said
    assert len(html.fromstring(render(wrong)).xpath("//table[contains(@class, 'wrong')]")) == 1


def test_it_says_which_dunning_policies_are_in_use_and_what_they_rest_on() -> None:
    small = replace(CLEAN.policies[0], segment="small", name="article119", source="Law of 13 June 2005")
    said = words(render(replace(CLEAN, policies=(*CLEAN.policies, small))))
    assert "Dunning policy contract General commercial conditions CG-2.d." in said
    assert "Dunning policy article119 , segment small Law of 13 June 2005." in said


def test_it_links_workbook_gates_data_docs_documents_and_files() -> None:
    links = html.fromstring(clean()).xpath("//main//a/@href")
    for link in ("close_report.xlsx", "gates.html", "data_docs/index.html", "invoices/2026-000001.pdf", "invoices.csv"):
        assert link in links


def test_a_draft_has_no_number_and_is_listed_all_the_same() -> None:
    draft = replace(ROW, number="", due_on=None, link="")
    shown = figures(render(replace(CLEAN, state="waiting", invoices=(draft, replace(draft, payer_id="P2")))))
    assert shown["documents.1.gross"] == shown["documents.2.gross"] == "14 938.26"
    assert shown["documents.1.due"] == ""


def test_of_many_documents_the_largest_are_listed_and_all_are_counted() -> None:
    rows = tuple(replace(ROW, number=f"2026-{at:06}", gross=Decimal(at)) for at in range(1, 1_011))
    page = render(replace(CLEAN, invoices=rows))
    shown = [name for name in figures(page) if name.startswith("documents.2026-") and name.endswith(".gross")]
    assert len(shown) == 1_000
    assert shown[0] == "documents.2026-000011.gross"
    assert figures(page)["documents.total.gross"] == "510 555.00"
    assert "The 1 000 largest of 1 010; the total is of all." in words(page)


def test_what_it_shows_is_escaped() -> None:
    page = render(left(changes=(replace(CLEAN.changes[0], name="<script>alert(1)</script>", explanation="<b>"),))).decode()
    assert "Two &lt;SRL&gt;" in page
    assert "<script" not in page
    assert "<SRL>" not in page


def test_it_needs_no_other_file_to_be_read() -> None:
    page = unclean().decode()
    assert re.findall(r"<(?:script|link|img|iframe|object)\b|@import|url\((?!#)", page) == []
    assert "//" not in re.sub(r"<!--.*?-->", "", page)


def test_every_contents_entry_leads_to_its_section() -> None:
    page = html.fromstring(clean())
    assert [link[1:] for link in page.xpath("//nav//a/@href")] == page.xpath("//section/@id")


def test_no_two_figures_bear_the_same_name_and_every_cell_of_figures_has_one() -> None:
    page = html.fromstring(unclean())
    unnamed = [cell.text_content() for cell in page.xpath("//td[contains(@class, 'n ') and not(@data-figure) and not(.//@data-figure)]")]
    assert [each for each in unnamed if each.strip()] == []
    assert len(figures(unclean())) > 50


def test_the_same_close_gives_the_same_bytes() -> None:
    assert render(left()) == unclean()


def closed(outside: Outside) -> None:
    with outside.engine.begin() as conn:
        write_close(conn, "delivery")
        write(conn, "insert into document (run_id, invoice_id, kind, path, sha256, size) select 1, invoice_id, 'invoice', "
                    "'2026-10/invoices/' || number || '.pdf', encode(sha256(convert_to(number, 'UTF8')), 'hex'), length(number) from invoice")  # fmt: skip
        for (number,) in conn.execute(text("select number from invoice")):
            outside.out.write(f"2026-10/invoices/{number}.pdf", number.encode())
        write(conn, "update run set snapshot_on = '2026-10-28', approved_by = 'Claire Dubois'")
    gates.check(outside, RUN, "rating")


def test_the_report_step_writes_report_workbook_gate_page_and_data_docs(outside: Outside) -> None:
    closed(outside)
    receipt = report.stage(outside, RUN)
    folder = Path(outside.settings.out) / "2026-10"
    page = (folder / "close_report.html").read_bytes()
    shown = figures(page)
    assert "Closed. Approved by Claire Dubois." in words(page)
    assert shown["totals.net.now"] == "103.00"
    assert [shown[f"services.business_telephony.{name}"] for name in ("recurring", "usage", "other", "net")] == [
        "62.00",
        "1.00",
        "0.00",
        "63.00",
    ]
    assert shown["services.total.net"] == "103.00"
    assert shown["traffic.belgium_fixed.charged"] == "10.0"
    assert shown["delivery.mailed"] == "2"
    assert {value for name, value in shown.items() if name.endswith(".difference")} <= {"0", "0.00"}
    assert b'href="invoices/2026-000001.pdf"' in page
    assert "Rated usage · 21 checks passed" in words((folder / "gates.html").read_bytes())
    assert (folder / "data_docs" / "index.html").is_file()
    assert (folder / "close_report.xlsx").read_bytes()[:2] == b"PK"
    assert receipt.figures["invoices"] == 2


def test_done_again_it_writes_the_same_pages(outside: Outside) -> None:
    closed(outside)
    report.stage(outside, RUN)
    folder = Path(outside.settings.out) / "2026-10"
    names = ("close_report.html", "close_report.xlsx", "gates.html", "invoices.csv", "invoice_lines.csv")
    before = {name: (folder / name).read_bytes() for name in names}
    report.stage(outside, RUN)
    assert {name: (folder / name).read_bytes() for name in names} == before


def test_drafts_are_reported_before_they_have_numbers(outside: Outside) -> None:
    with outside.engine.begin() as conn:
        write_close(conn, "drafts")
    outside.out.write("previews/2026-10/drafts/P1.pdf", b"drawn")
    write_reports(outside, RUN, folder="previews/2026-10", state="preview")
    page = (Path(outside.settings.out) / "previews/2026-10/close_report.html").read_bytes()
    assert "Preview. Nothing is issued" in words(page)
    assert figures(page)["documents.total.gross"] == "124.63"
    assert not (Path(outside.settings.out) / "2026-10").exists()


def test_what_parked_payers_were_left_out_with_is_accounted_for(outside: Outside) -> None:
    with outside.engine.begin() as conn:
        write_close(conn, "drafts")
        write(conn, "delete from invoice where payer_id = 'P2'; "
                    "insert into parked_payer (run_id, payer_id, step, reason, advice, left_out) values (1, 'P2', 'drafts', 'no mail', 'set one', 40); "
                    "insert into run_step (run_id, step, state, import_no, receipt) values (1, 'rating', 'accepted', 1, '{\"net\": \"1.00\"}'), "
                    "(1, 'recurring', 'accepted', 1, '{\"net\": \"102.00\"}'), (1, 'drafts', 'accepted', 1, '{}')")  # fmt: skip
    write_reports(outside, RUN, folder="2026-10", state="waiting")
    shown = figures((Path(outside.settings.out) / "2026-10/close_report.html").read_bytes())
    assert shown["parked.P2"] == "40.00"
    assert [shown[f"reconciliation.euros.1.out.{at}"] for at in (1, 2)] == ["63.00", "40.00"]
    assert shown["reconciliation.euros.1.difference"] == "0.00"


def test_a_euro_that_was_charged_and_stands_nowhere_is_found(outside: Outside) -> None:
    with outside.engine.begin() as conn:
        write_close(conn, "drafts")
        write(conn, "update recurring_charge set net = 63 where line_no = 1")
    write_reports(outside, RUN, folder="2026-10", state="waiting")
    page = (Path(outside.settings.out) / "2026-10/close_report.html").read_bytes()
    assert "Left to do: 1 difference is not explained" in words(page)
    assert figures(page)["reconciliation.euros.1.difference"] == "1.00"


def test_an_element_and_a_record_that_went_nowhere_are_found(outside: Outside) -> None:
    with outside.engine.begin() as conn:
        write_close(conn, "drafts")
        write(conn, "update run set snapshot_on = '2026-10-28'; delete from recurring_charge where line_no = 2; "
                    "delete from rated_usage where usage_no = 3; update order_line set charged_through = null")  # fmt: skip
    write_reports(outside, RUN, folder="2026-10", state="waiting")
    shown = figures((Path(outside.settings.out) / "2026-10/close_report.html").read_bytes())
    assert shown["reconciliation.elements.1.difference"] == "4"
    assert shown["reconciliation.records.2.difference"] == "1"


def test_a_report_of_a_month_never_closed_is_refused_in_words(outside: Outside) -> None:
    with pytest.raises(Stopped, match=r"close 2026-11 was never begun; `billing close 2026-11` closes it"):
        write_again(outside, Period.month("2026-11"))
    with outside.engine.begin() as conn:
        write_close(conn, "recurring")
    with pytest.raises(Stopped, match=r"close 2026-10 has no drafts yet, so there is nothing to report"):
        write_again(outside, Period.month("2026-10"))
    assert list(Path(outside.settings.out).rglob("close_report.html")) == []


def test_the_command_refuses_a_month_never_closed_in_one_line(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "2026-11"]) == 1
    assert capsys.readouterr().err == "billing: close 2026-11 was never begun; `billing close 2026-11` closes it\n"
    assert not (here / "out").exists()
