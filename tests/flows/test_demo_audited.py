"""The demo's three months, with what finance decides in between: each comes out as issued, and every amount can be explained."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import html
from sqlalchemy import URL, Engine, text

from billing.period import Period
from flows.demo_decisions import after_the_close
from flows.monthly_close import monthly_close
from flows.order_invoicing import order_invoicing
from tasks.audit import audit
from tasks.demo.feed import MONTHS, deliver, write_feed
from tasks.e_invoice.validating import looked_into
from tasks.explain import explain
from tasks.outside import Outside, open_outside
from tests.databases import create_database
from tests.explained import computed_otherwise
from tests.peppol_rules import each_peppol_rules
from tests.plain_report import PlainReport

CALLS = 3_000


@pytest.fixture(scope="module")
def closed(server: URL, tmp_path_factory: pytest.TempPathFactory) -> Outside:
    """The three months closed, with the orders of each on the 12th, and two credits after the second."""
    here = tmp_path_factory.mktemp("audited_demo")
    write_feed(here / "whole", seed=1, payers=60, calls=CALLS)
    url = create_database(server)
    values = {"database_url": url.render_as_string(hide_password=False), "smtp_url": f"maildir:{here}/mailbox"}
    folders = {name: str(here / name) for name in ("state", "feed", "out")}
    config = here / "billing.toml"
    config.write_text("".join(f'{name} = "{value}"\n' for name, value in {**values, **folders}.items()) + "workers = 1\n")
    with pytest.MonkeyPatch.context() as settings:
        settings.setenv("BILLING_CONFIG", str(config))
        outside = open_outside()
        for month in MONTHS:
            mid_month, on = date.fromisoformat(f"{month}-12"), date.fromisoformat(f"{month}-28")
            deliver(here / "whole", here / "feed", through=mid_month)
            order_invoicing.fn(on=mid_month)
            deliver(here / "whole", here / "feed", through=on)
            monthly_close.fn(period=month, on=on, approve=True)
            if month == MONTHS[1]:
                after_the_close(outside, here / "feed", on)
    return outside


@pytest.mark.parametrize("month", MONTHS)
def test_every_month_comes_out_as_issued(closed: Outside, month: str) -> None:
    assert list(map(str, audit(closed, Period.month(month)).findings)) == []


def test_the_audit_covered_closes_orders_and_corrections(closed: Outside) -> None:
    runs = [name.split()[0] for month in MONTHS for name in audit(closed, Period.month(month)).runs]
    assert sorted(runs) == ["close"] * 3 + ["credit"] * 2 + ["orders"] * 3


@each_peppol_rules
def test_no_e_invoice_of_the_demo_has_anything_to_be_said_of(closed: Outside, rules: Path) -> None:
    files = [path for month in MONTHS for path in closed.out.paths(f"{month}/invoices") if path.endswith(".xml")]
    looks = list(looked_into(((Path(path).name, closed.out.read(path)) for path in files), peppol_rules=rules, workers=1))
    assert len(looks) > 150
    assert {look.figures.kind for look in looks if look.figures} == {"380", "381"}  # late charges are not billed here
    assert [finding for look in looks for finding in look.findings] == []


def test_every_explanation_comes_to_the_amount_on_the_line(closed: Outside) -> None:
    found, lines = computed_otherwise(closed.engine)
    assert found == []
    assert lines > 1_000


def explained(engine: Engine, condition: str) -> str:
    """The explanation of the first line that meets a condition."""
    with engine.connect() as conn:
        statement = (
            f"select number, line_seq from invoice_line join invoice using (invoice_id) where {condition} order by seq, line_seq limit 1"
        )
        number, line_seq = conn.execute(text(statement)).one()
    return explain(engine, number, line_seq)


def page_of(closed: Outside, month: str) -> html.HtmlElement:
    """The close report of a month, with plain blanks and a plain minus."""
    text = (Path(closed.settings.out) / month / "close_report.html").read_text(encoding="utf-8")
    return html.fromstring(text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{MINUS SIGN}", "-").encode())


@pytest.fixture(scope="module")
def plain(closed: Outside) -> PlainReport:
    """The third month computed again from its files, the feed and the rows of the ledger."""
    last, before = (date.fromisoformat(f"{MONTHS[place]}-28") for place in (-1, -2))
    return PlainReport(Path(closed.settings.out), Path(closed.settings.feed), closed.engine, last, before)


def test_every_figure_of_the_close_report_is_what_the_files_of_the_month_say(closed: Outside, plain: PlainReport) -> None:
    found = {each.get("data-figure"): each.text_content() for each in page_of(closed, MONTHS[-1]).xpath("//*[@data-figure]")}
    shown = {name: value for name, value in found.items() if not name.startswith("reconciliation.")}
    expected = plain.figures()
    assert {name: value for name, value in shown.items() if expected.get(name) != value} == {}
    assert expected.keys() - shown.keys() == set()
    assert len(shown) > 400


def test_every_figure_of_the_reconciliation_is_counted_again_and_nothing_is_left_over(closed: Outside, plain: PlainReport) -> None:
    shown = {}
    for table in page_of(closed, MONTHS[-1]).xpath("//section[@id='reconciliation']//table"):
        for row in table.xpath(".//tr[td]"):
            (figure,) = row.xpath(".//td[@data-figure]")
            shown[table.xpath("string(caption)"), row.xpath("string(th/text()[1])").strip()] = figure.text_content()
    assert shown == plain.reconciled()
    assert {value for (_, what), value in shown.items() if what == "Difference"} == {"0", "0.00"}


def test_no_amount_stands_on_the_close_report_that_is_not_one_of_its_figures(closed: Outside) -> None:
    page = page_of(closed, MONTHS[-1])
    named = "ancestor-or-self::*[@data-figure or contains(@class, 'why') or contains(@class, 'finding') or name()='style' or name()='svg']"
    loose = [each.strip() for each in page.xpath(f"//body//text()[not({named})]") if re.search(r"\d\.\d\d(?!\d)", each)]
    assert loose == []


def test_every_amount_in_a_chart_is_one_of_the_figures_of_its_section(closed: Outside) -> None:
    for section in page_of(closed, MONTHS[-1]).xpath("//section[.//*[name()='svg']]"):
        figures = {each.get("data-figure"): each.text_content() for each in section.xpath(".//*[@data-figure]")}
        minutes = {
            f"{Decimal(figures[f'{name}.charged'].replace(' ', '')) + Decimal(value.replace(' ', '')):,.0f} min".replace(",", " ")
            for name, _, what in (key.rpartition(".") for key in figures)
            if what == "in_pack"
            for value in [figures[f"{name}.in_pack"]]
        }
        drawn = {each for each in section.xpath(".//*[name()='text']/text()") if re.search(r"^[+-]?\d[\d ]*(\.\d\d| min)$", each)}
        assert drawn
        assert drawn <= set(figures.values()) | minutes


def test_the_amounts_that_explain_a_large_change_add_up_to_it(closed: Outside) -> None:
    rows = page_of(closed, MONTHS[-1]).xpath("//section[@id='changes']//tbody/tr")
    assert len(rows) == 20
    for row in rows:
        said = re.findall(r"(?:\(|calls )([+-][\d ]+\.\d\d)", row.xpath("string(td[@class='why'])"))
        (change,) = row.xpath(".//*[contains(@data-figure, '.change')]")
        assert sum((Decimal(each.replace(" ", "")) for each in said), Decimal(0)) == Decimal(change.text_content().replace(" ", ""))


CASES = {
    "the balance of a contract: a month of twelve users as last invoiced": (
        "charge = 'balance' and clause = 'CG-3.d' and unit_price = 11.95",
        [r"12 at 11\.95, as the line was last charged: 2026-000\d{3} line \d+", r"12 × 11\.95 = 143\.40, a whole month", r"billing\.settlement\.balance"],
    ),
    "days given back, by a credit note": (
        "charge = 'refund'",
        [r"credits    2026-000\d{3} line", r"= 38\.00 × 19/31 = 23\.290322…, rounded half-up to the cent = 23\.29, given back", r"38\.00 left of the line"],
    ),
    "an SLA credit, no more than there is to pay": (
        "charge = 'credit' and kind = 'invoice'",
        [r"CR0003 of credits\.csv", r"the lower of 120\.00 left and [\d.]+ to pay before it", r"billing\.sla_credit\.use_up \(GC-10\.5\)"],
    ),
    "a part of a line, credited by finance": (
        "charge = 'credit' and kind = 'credit_note' and invoice_line.net = -3.50",
        [r"decided by finance", r"3\.50, as asked, of the [\d.]+ left = 3\.50, taken back"],
    ),
    "a charge the feed asked for": ("clause = 'GC-4.5'", [r"CH0001 of charges\.csv", r"1 × 150\.00 = 150\.00", r"billing\.ad_hoc\.ad_hoc_charge"]),
    "a prepaid year, the first part of it": (
        "clause = 'WM-2.b' and charge = 'pro_rata'",
        [r"term 2026-\d\d-\d\d to 202\d-\d\d-\d\d: 12 × ", r"billing\.prepaid\.prepaid_charges \(WM-2\.b\)"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_only_some_documents_have_is_explained(closed: Outside, case: str) -> None:
    condition, expected = CASES[case]
    said = explained(closed.engine, condition)
    assert [pattern for pattern in expected if not re.search(pattern, said)] == [], said
