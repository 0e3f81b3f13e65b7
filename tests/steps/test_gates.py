"""A gate as the close meets it: what stops, what goes on, what is kept, and what a person reads."""

import re
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text

import sql
from expectations.check import Limit
from expectations.suites import SUITES
from reports.gate_page import Finding, GateReport, html, markdown, screen
from tasks import gates
from tasks.judging import docs_folder, judge
from tasks.ledger import GateStopped
from tasks.outside import Outside
from tests.steps.gate_rows import RUN, write, write_close

DAY = date(2026, 12, 15)


def rows_of(outside: Outside, gate: str, broken_by: str = "") -> None:
    with outside.engine.begin() as conn:
        write_close(conn, gate)
        write(conn, broken_by)


def stored(outside: Outside) -> dict[str, GateReport]:
    with outside.engine.connect() as conn:
        return {report.gate: report for report in gates.stored(conn, RUN)}


def test_a_critical_finding_stops_the_run_and_says_in_one_screen_what_to_do(outside: Outside) -> None:
    rows_of(outside, "drafts", "update invoice set net = 62, gross = 75.23 where payer_id = 'P1'")
    with pytest.raises(GateStopped) as stopped:
        gates.check(outside, RUN, "drafts")
    said = str(stopped.value)
    assert "close 2026-10 stopped at the gate `drafts`: nothing of this step was accepted" in said
    assert "expected that every total is the sum of its lines (GC-5.1)" in said
    assert "payer P1" in said
    assert "sum of lines 63.00" in said
    assert "what to do:" in said
    assert len(said.splitlines()) <= 24


def test_warnings_alone_let_the_run_go_on_and_are_kept(outside: Outside) -> None:
    rows_of(outside, "rating", "update rated_usage set status = 4, price_cents = 0 where usage_no < 3")
    report = gates.check(outside, RUN, "rating")
    assert report.state == "21 checks, 1 warning"
    kept = stored(outside)["rating"]
    assert kept == report
    assert kept.warnings[0].examples[0]["line"] == "L1"


def test_a_second_look_replaces_the_first(outside: Outside) -> None:
    rows_of(outside, "issue", "update invoice set due_on = '2026-11-26' where invoice_id = 1")
    with pytest.raises(GateStopped):
        gates.check(outside, RUN, "issue")
    assert stored(outside)["issue"].stops
    with outside.engine.begin() as conn:
        write(conn, "set local session_replication_role = replica;\nupdate invoice set due_on = '2026-11-27' where invoice_id = 1")
    gates.check(outside, RUN, "issue")
    assert stored(outside)["issue"].state == "11 checks passed"


def test_each_setting_moves_its_limit(outside: Outside) -> None:
    rows_of(outside, "rating", "update rated_usage set status = 5, rate_no = 0, price_cents = 0 where usage_no = 1")
    with pytest.raises(GateStopped, match="found 10 %, limit at most 1 %"):
        gates.check(outside, RUN, "rating")
    lenient = Outside(outside.settings.model_copy(update={"unrated_share_at_most": Decimal("0.10")}), outside.engine, outside.out)
    report = gates.check(lenient, RUN, "rating")
    assert [finding.check for finding in report.warnings] == ["unrated"]


def test_every_limit_names_a_setting_there_is(outside: Outside) -> None:
    limits = [each.at_most for suite in SUITES.values() for each in suite.checks if isinstance(each.at_most, Limit)]
    assert limits
    assert all(hasattr(outside.settings, limit.setting) for limit in limits)


def test_a_gate_that_cannot_be_checked_stops_the_run(outside: Outside) -> None:
    rows_of(outside, "recurring", "alter table charge_refusal rename to elsewhere")
    with pytest.raises(GateStopped, match="expected that the gate recurring can be checked") as stopped:
        gates.check(outside, RUN, "recurring")
    assert 'relation "charge_refusal" does not exist' in str(stopped.value)
    assert [finding.check for finding in stored(outside)["recurring"].stops] == ["checked"]


def test_a_check_without_a_number_counts_as_broken(tmp_path: Path) -> None:
    suite = SUITES["delivery"]
    limits = {each.name: Decimal(0) for each in suite.checks}
    summary = {each.name: Decimal(0) for each in suite.checks if each.name != "pending"}
    verdicts = judge(tmp_path, "close 2026-10", suite, limits, summary)
    assert [name for name, verdict in verdicts.items() if not verdict.passed] == ["pending"]
    assert "pending" in verdicts["pending"].broken


def test_a_value_at_its_limit_passes_and_one_above_does_not(tmp_path: Path) -> None:
    suite = SUITES["drafts"]
    limits = {each.name: Decimal("0.05") if each.name == "parked_share" else Decimal(0) for each in suite.checks}
    clean = dict.fromkeys(limits, Decimal(0))
    assert judge(tmp_path, "close 2026-10", suite, limits, {**clean, "parked_share": Decimal("0.050000")})["parked_share"].passed
    assert not judge(tmp_path, "close 2026-10", suite, limits, {**clean, "parked_share": Decimal("0.050001")})["parked_share"].passed


def test_the_page_is_published_before_the_run_stops(outside: Outside) -> None:
    rows_of(outside, "snapshot", "delete from inventory_snapshot")
    shown: dict[str, str] = {}
    with pytest.raises(GateStopped):
        gates.check(outside, RUN, "snapshot", publish=shown.__setitem__)
    assert list(shown) == ["gate-snapshot-close 2026-10"]
    assert shown["gate-snapshot-close 2026-10"].startswith("# Inventory snapshot: STOPPED by 1 of 10 checks")


def test_a_stopped_close_leaves_its_gate_page_and_says_where(outside: Outside) -> None:
    rows_of(outside, "snapshot", "delete from inventory_snapshot")
    page = Path(outside.out.url("2026-10/gates.html"))
    with pytest.raises(GateStopped, match=f"every check: {page}"):
        gates.check(outside, RUN, "snapshot")
    written = page.read_text(encoding="utf-8")
    assert "Stopped: 1 critical finding" in written
    assert "data_docs" not in written  # they come with the report


def test_the_days_of_an_example_are_those_of_brussels(outside: Outside) -> None:
    held_at_night = "status = 4, reason = 5, price_cents = 0, started_at = '2026-10-02 22:30Z'"
    rows_of(outside, "rating", f"update rated_usage set {held_at_night} where usage_no = 1")
    (held,) = [finding for finding in gates.examine(outside, RUN, "rating").findings if finding.check == "held"]
    assert held.examples[0]["first started"] == "2026-10-03 00:30:00"


def test_dunning_has_its_gate_without_a_run(outside: Outside) -> None:
    rows_of(outside, "dunning", "update dunning_notice set fee = 11 where level = 2")
    with pytest.raises(
        GateStopped, match=r"dunning 2026-12-15 stopped at the gate `dunning`[\s\S]*payer P1, policy article119, level 2, fee 11"
    ):
        gates.check_dunning(outside, DAY)


def test_the_data_docs_load_nothing_from_elsewhere(outside: Outside) -> None:
    rows_of(outside, "feed", "delete from feed_file where path like 'usage/%'")
    gates.check(outside, RUN, "feed")
    site = docs_folder(gates.project_folder(outside.settings, RUN.name))
    pages = list(site.rglob("*.html"))
    assert {"index.html", "feed.html", "feed-summary.html"} <= {page.name for page in pages}
    for page in pages:
        content = page.read_text(encoding="utf-8")
        loaded = re.findall(r'<(?:script|link|img|iframe)\b[^>]*?(?:src|href)="([^"]+)"', content)
        assert loaded
        assert [address for address in loaded if "//" in address] == []
        assert re.findall(r"""url\(['"]?(?:https?:)?//""", content) == []
        for address in loaded:
            assert (page.parent / address).resolve().is_file(), address
    for style in site.rglob("*.css"):
        assert re.findall(r"""url\(['"]?(?:https?:)?//""", style.read_text(encoding="utf-8", errors="replace")) == []
    assert any("usage arrived since the last close" in page.read_text(encoding="utf-8") for page in pages)


def test_every_asset_has_its_licence_and_is_small() -> None:
    folder = Path(__file__).parents[2] / "tasks" / "data_docs_assets"
    for package in folder.iterdir():
        assert (package / "LICENSE").is_file(), package.name
        assert all(file.stat().st_size < 1_000_000 for file in package.rglob("*"))


def test_great_expectations_is_not_imported_before_a_gate_runs() -> None:
    ask = "import sys, tasks.gates, tasks.report, expectations.suites; print('great_expectations' in sys.modules, 'pandas' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    assert said.stdout.split() == ["False", "False"]


def test_every_query_of_a_gate_names_columns_for_its_checks(outside: Outside) -> None:
    for suite in SUITES.values():
        with outside.engine.connect() as conn:
            statement = sql.statement(f"gates/{suite.gate}")
            values = {**dict.fromkeys(statement.compile().params), "run_id": 1, "import_no": 0, "on": DAY}
            columns = set(conn.execute(statement, values).keys())
        assert columns <= {each.name for each in suite.checks}, suite.gate


def test_the_summary_is_one_row_even_before_anything_is_there(outside: Outside) -> None:
    with outside.engine.begin() as conn:
        conn.execute(text("insert into run (kind, period, run_on) values ('close', '2026-10-01', '2026-10-28')"))
    assert {finding.check for finding in gates.examine(outside, RUN, "snapshot").stops} == {"snapshot_missing"}
    assert {finding.check for finding in gates.examine(outside, RUN, "rating").stops} == {"window_missing"}
    assert gates.examine(outside, RUN, "delivery").state == "12 checks passed"


WARNING = Finding("held", "warning", "GC-2.2", "no usage is held back", "bring the contract into force", Decimal(1234), Decimal(0), False,
                  ({"line": "L|1", "reason": "<b>"},))  # fmt: skip
STOP = Finding(
    "unrated_share", "critical", "BT-2.e", "few records have no rate", "add the prefixes", Decimal("0.0125"), Decimal("0.01"), False
)
FINE = Finding("snapshot_age_days", "critical", "BT-2.f", "the snapshot is recent", "deliver it", Decimal(1), Decimal(3), True)
REPORT = GateReport("close 2026-10", "rating", "Rated usage", (WARNING, STOP, FINE))


def test_values_are_read_in_their_unit() -> None:
    assert [(each.verdict, each.found_shown, each.limit_shown) for each in REPORT.findings] == [
        ("WARNING", "1 234", "none"),
        ("STOP", "1.25 %", "at most 1 %"),
        ("OK", "1 day", "at most 3 days"),
    ]


def test_the_markdown_puts_what_stops_first_and_escapes_what_it_shows() -> None:
    page = markdown(REPORT)
    assert page.index("## STOP") < page.index("## WARNING") < page.index("## All checks")
    assert "| L\\|1 | &lt;b> |" in page


def test_the_html_page_escapes_what_it_shows() -> None:
    page = html([REPORT], "close 2026-10").decode()
    assert "&lt;b&gt;" in page
    assert "<td><b></td>" not in page
    assert 'href="data_docs/index.html"' in page


def test_the_screen_leaves_warnings_to_the_page() -> None:
    assert "held" not in screen(REPORT)
    assert "found 1.25 %, limit at most 1 %" in screen(REPORT)
