"""The gates: after a step is staged and before it is accepted, one look at all of it, and no way on past a critical finding.

A gate counts offences in one SQL pass; Great Expectations judges that one row against the suite; the findings, with examples and what
to do, are stored with the run. A check that cannot be made counts as a critical finding: nobody can say that it would have passed.
"""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, OperationalError

import sql
from billing.accounts import SHIPPED
from billing.period import BRUSSELS, Period
from billing.visited import UNION, code_of
from expectations import bank, books, collections
from expectations.check import Check, Limit, Severity, Suite
from expectations.suites import SUITES
from reports.gate_page import Example, Finding, GateReport, html, markdown, screen
from tasks.before_dunning import statements_to, waiting_for_a_person
from tasks.chart_of_accounts import chart_of
from tasks.collecting.measuring import files_that_differ
from tasks.judging import Verdict, judge, write_data_docs
from tasks.late_charges.limits import limits_of_late_charges
from tasks.ledger import GateStopped, Run
from tasks.measured import MEASURED, Measured
from tasks.outside import Outside
from tasks.policies.prices import limits_of_letters
from tasks.settings import Settings
from tasks.store import StoreFailed

log = logging.getLogger(__name__)

Publish = Callable[[str, str], object]
Parameters = Mapping[str, object]
UNCHECKED = "checked"
EXAMPLES_SHOWN = 20


def check(outside: Outside, run: Run, gate: str, publish: Publish | None = None) -> GateReport:
    """Returns what the gate found, after storing it; `publish` is given a key and the gate page in markdown.

    Raises GateStopped, with one screen of what is wrong and what to do, when a critical check fails or cannot be made.
    """
    found = examine(outside, run, gate)
    _store(outside, run, found)
    return _told(outside, found, publish, write_page(outside, run) if found.stops else "")


def examine(outside: Outside, run: Run, gate: str) -> GateReport:
    """Returns what the gate finds now; stores nothing and stops nothing."""
    return _checked(outside, SUITES[gate], run.name, _parameters(outside.settings, run, gate), lambda: _measured(outside, run, gate))


def check_dunning(outside: Outside, on: date, publish: Publish | None = None) -> GateReport:
    """Returns what the gate of the reminders of a day found; raises GateStopped as `check` does. No run stores it."""
    return _told(outside, examine_dunning(outside, on), publish)


def check_before_dunning(outside: Outside, on: date, publish: Publish | None = None) -> GateReport:
    """Returns what the gate before the reminders of a day found; raises GateStopped as `check` does. No run stores it."""
    return _told(outside, examine_before_dunning(outside, on), publish)


def check_bank(outside: Outside, on: date | None, publish: Publish | None = None) -> GateReport:
    """Returns what the gate of the bank statements found; raises GateStopped as `check` does. No run stores it."""
    return _told(outside, examine_bank(outside, on), publish)


def check_books(outside: Outside, month: Period, publish: Publish | None = None) -> GateReport:
    """Returns what the gate of the books of a month found; raises GateStopped as `check` does. No run stores it."""
    return _told(outside, examine_books(outside, month), publish)


def check_collections(outside: Outside, on: date, publish: Publish | None = None) -> GateReport:
    """Returns what the gate of the direct debits of a day found; raises GateStopped as `check` does. No run stores it."""
    return _told(outside, examine_collections(outside, on), publish)


def examine_books(outside: Outside, month: Period) -> GateReport:
    """Returns what the gate of the books of a month finds now; stops nothing."""
    return _checked(outside, books.SUITE, f"books {month}", _of_books(outside.settings, month), dict)


def books_tie(outside: Outside, month: Period) -> bool:
    """Whether the gate of the books would find nothing: one look, without its page. For a journal that every run of a day writes again."""
    with outside.engine.connect() as conn:
        return not any(_summary(conn, books.SUITE, _of_books(outside.settings, month)).values())


def _of_books(settings: Settings, month: Period) -> Parameters:
    chart = chart_of(settings)
    return {"month": month.first, "last": month.last, **{str(purpose): chart.of(purpose) for purpose in SHIPPED}}


def examine_collections(outside: Outside, on: date) -> GateReport:
    """Returns what the gate of the direct debits of a day finds now; stops nothing."""
    return _checked(outside, collections.SUITE, f"direct debit {on}", {"on": on}, lambda: files_that_differ(outside))


def examine_bank(outside: Outside, on: date | None) -> GateReport:
    """Returns what the gate of the bank statements finds now; stops nothing."""
    return _checked(outside, bank.SUITE, f"bank {on}" if on else "bank", {}, dict)


def write_page(outside: Outside, run: Run) -> str:
    """Write the gate page of a close under way; returns where it lies, or nothing for an orders run or a store that is not there."""
    if run.period is None:
        return ""
    with outside.engine.connect() as conn:
        found = stored(conn, run)
    try:
        outside.out.write(f"{run.folder}/gates.html", html(found, run.name, data_docs=""))
    except StoreFailed as trouble:
        log.warning("%s: the gate page could not be written: %s", run.name, trouble)
        return ""
    return outside.out.url(f"{run.folder}/gates.html")


def examine_dunning(outside: Outside, on: date) -> GateReport:
    """Returns what the gate of the reminders of a day finds now; stops nothing. Raises PolicyError for a policy that cannot be used."""
    limits = limits_of_letters(on, outside.settings.policy_folder)
    return _checked(outside, SUITES["dunning"], f"dunning {on}", {"on": on, **limits}, dict)


def examine_before_dunning(outside: Outside, on: date) -> GateReport:
    """Returns what the gate before the reminders of a day finds now; stops nothing."""
    settings = outside.settings
    known = {"on": on, "accounts": sorted(settings.own_accounts), "statements_to": statements_to(settings, on)}
    return _checked(outside, SUITES["dunning_before"], f"before dunning {on}", known, lambda: waiting_for_a_person(outside, on))


def project_folder(settings: Settings, run_name: str) -> Path:
    """Where Great Expectations keeps what belongs to a run, its Data Docs among them."""
    return settings.state / "gx" / run_name.replace(" ", "-")


def stored(conn: Connection, run: Run) -> tuple[GateReport, ...]:
    """Returns the gates of a run as they were found last, in the order of a close."""
    rows = sql.rows(conn, _StoredFinding, "gates/stored", run_id=run.run_id)
    by_gate: dict[str, dict[str, Finding]] = {}
    for row in rows:
        by_gate.setdefault(row.gate, {})[row.check_name] = row.finding()
    return tuple(
        GateReport(run.name, gate, suite.title, _in_order(suite, by_gate[gate])) for gate, suite in SUITES.items() if gate in by_gate
    )


def _told(outside: Outside, found: GateReport, publish: Publish | None, page: str = "") -> GateReport:
    _write_docs(project_folder(outside.settings, found.run_name))
    log.info("%s: gate %s: %s", found.run_name, found.gate, found.state)
    if publish:
        publish(f"gate-{found.gate}-{found.run_name}", markdown(found))
    if found.stops:
        raise GateStopped(screen(found) + (f"\n\nevery check: {page}" if page else ""))
    return found


def _write_docs(project: Path) -> None:
    try:
        write_data_docs(project)
    except Exception:  # the pages behind the findings; the findings themselves are stored
        log.exception("the Data Docs in %s could not be written; the gate page has what matters", project)


def _checked(outside: Outside, suite: Suite, run_name: str, parameters: Parameters, measure: Callable[[], Measured]) -> GateReport:
    try:
        measured = measure()
        with outside.engine.connect() as conn:
            counted = {name: Decimal(len(offenders)) for name, offenders in measured.items()}
            look = _Look(conn, parameters, {**_summary(conn, suite, parameters), **counted}, measured)
            limits = {each.name: _limit(outside.settings, each) for each in suite.checks}
            verdicts = judge(project_folder(outside.settings, run_name), run_name, suite, limits, look.summary)
            findings = tuple(look.finding(each, limits[each.name], verdicts[each.name]) for each in suite.checks)
    except OperationalError:
        raise  # the database is not there: trouble on the way, tried again by whoever runs the step
    except Exception as error:
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            raise
        log.exception("%s: gate %s could not be checked", run_name, suite.gate)
        findings = (_unchecked(suite, error),)
    return GateReport(run_name, suite.gate, suite.title, findings)


def _summary(conn: Connection, suite: Suite, parameters: Parameters) -> dict[str, Decimal]:
    (row,) = _rows(conn, f"gates/{suite.gate}", parameters)
    return {name: Decimal(str(value)) for name, value in row.items() if value is not None}


@dataclass(frozen=True, slots=True)
class _Look:
    """What a gate sees: the one-row summary, and where examples come from."""

    conn: Connection
    parameters: Parameters
    summary: Mapping[str, Decimal]
    measured: Measured

    def finding(self, each: Check, limit: Decimal, verdict: Verdict) -> Finding:
        words = (each.clause, each.says, each.advice)
        found = Finding(each.name, each.severity, *words, self.summary.get(each.name, Decimal(0)), limit, verdict.passed)
        if verdict.passed:
            return found
        if verdict.broken or each.name not in self.summary:
            reason = (verdict.broken or "it was not measured").splitlines()[0]
            return replace(found, severity="critical", found=Decimal(1), examples=({"could not be checked": reason[:200]},))
        return replace(found, examples=self._examples(each))

    def _examples(self, each: Check) -> tuple[Example, ...]:
        if each.examples:
            return tuple(_shown(row) for row in _rows(self.conn, f"gates/{each.examples}", self.parameters))
        return self.measured.get(each.name, ())[:EXAMPLES_SHOWN]


def _unchecked(suite: Suite, error: Exception) -> Finding:
    reason = next(iter(str(error).splitlines()), "") or type(error).__name__
    advice = "run it again; if it fails again, give the log of this run to whoever maintains the program: nothing passes a gate unchecked"
    return Finding(
        UNCHECKED, "critical", "BT-2.f", f"the gate {suite.gate} can be checked", advice, Decimal(1), Decimal(0), False,
        ({"reason": reason[:200]},),
    )  # fmt: skip


def _rows(conn: Connection, query: str, parameters: Parameters) -> list[dict[str, object]]:
    """The rows of a gate's query, given those of the parameters that it names."""
    named = sql.statement(query).compile().params
    return sql.dicts(conn, query, **{name: parameters[name] for name in named})


def _shown(row: Mapping[str, object]) -> Example:
    return {name.replace("_", " "): "" if value is None else _value_shown(value) for name, value in row.items()}


def _value_shown(value: object) -> str:
    if isinstance(value, Decimal):
        trimmed = f"{value:f}"
        return trimmed.rstrip("0").rstrip(".") if "." in trimmed and len(trimmed.partition(".")[2]) > 2 else trimmed
    return f"{value.astimezone(BRUSSELS):%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) else str(value)


def _limit(settings: Settings, each: Check) -> Decimal:
    if isinstance(each.at_most, Limit):
        return Decimal(getattr(settings, each.at_most.setting)) * each.at_most.times
    return Decimal(each.at_most)


def _parameters(settings: Settings, run: Run, gate: str) -> Parameters:
    return {
        "run_id": run.run_id,
        "import_no": run.import_no,
        "on": run.on,
        "count_change_at_most": settings.count_change_at_most,
        "call_price_at_most": settings.call_price_at_most,
        "emergency_keys": [-int(number) for number in settings.emergency_numbers],
        "union_codes": sorted(map(code_of, UNION)),
        **(limits_of_late_charges(settings, run.on) if gate == "late_charges" else {}),
    }


def _measured(outside: Outside, run: Run, gate: str) -> Measured:
    return MEASURED[gate](outside, run) if gate in MEASURED else {}


@dataclass(frozen=True, slots=True)
class _StoredFinding:
    gate: str
    check_name: str
    severity: str
    clause: str
    says: str
    found: Decimal
    limit_at_most: Decimal
    passed: bool
    examples: list[dict[str, str]]
    advice: str

    def finding(self) -> Finding:
        severity: Severity = "critical" if self.severity == "critical" else "warning"
        words = (self.clause, self.says, self.advice)
        return Finding(self.check_name, severity, *words, self.found, self.limit_at_most, self.passed, tuple(self.examples))


def _in_order(suite: Suite, findings: Mapping[str, Finding]) -> tuple[Finding, ...]:
    order = [*(each.name for each in suite.checks), *findings]
    return tuple(findings[name] for name in dict.fromkeys(order) if name in findings)


def _store(outside: Outside, run: Run, found: GateReport) -> None:
    rows = [
        {
            "run_id": run.run_id, "gate": found.gate, "check_name": each.check, "severity": each.severity, "clause": each.clause,
            "says": each.says, "found": each.found, "limit_at_most": each.limit, "passed": each.passed,
            "examples": json.dumps([dict(example) for example in each.examples]), "advice": each.advice,
        }
        for each in found.findings
    ]  # fmt: skip
    with outside.engine.begin() as conn:
        sql.run(conn, "gates/forget", run_id=run.run_id, gate=found.gate)
        sql.write_each(conn, "gates/store", rows)


__all__ = [
    "Publish", "books_tie", "check", "check_bank", "check_before_dunning", "check_books", "check_collections", "check_dunning", "examine",
    "examine_bank", "examine_before_dunning", "examine_books", "examine_collections", "examine_dunning", "project_folder", "stored",
]  # fmt: skip
