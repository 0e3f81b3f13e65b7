"""What the gates found, for finance: one table in markdown for a run page, one page in HTML that stands before the Data Docs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from reports.pages import page

Severity = Literal["critical", "warning"]
Example = Mapping[str, str]
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check of a gate found. `found` and `limit` are counts, or shares of 1 (`…_share`), or days (`…_days`)."""

    check: str
    severity: Severity
    clause: str
    says: str
    advice: str
    found: Decimal
    limit: Decimal
    passed: bool
    examples: tuple[Example, ...] = ()

    @property
    def verdict(self) -> str:
        """In one word: OK, WARNING or STOP."""
        if self.passed:
            return "OK"
        return "STOP" if self.severity == "critical" else "WARNING"

    @property
    def found_shown(self) -> str:
        """What was found, with its unit."""
        return measure(self.check, self.found)

    @property
    def limit_shown(self) -> str:
        """How much passes, with its unit."""
        return "none" if self.limit == 0 else f"at most {measure(self.check, self.limit)}"


@dataclass(frozen=True, slots=True)
class GateReport:
    """A gate of a run: what each of its checks found, in order."""

    run_name: str
    gate: str
    title: str
    findings: tuple[Finding, ...]

    @property
    def stops(self) -> tuple[Finding, ...]:
        """The failed critical checks."""
        return tuple(finding for finding in self.findings if finding.verdict == "STOP")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The failed checks that let the run go on."""
        return tuple(finding for finding in self.findings if finding.verdict == "WARNING")

    @property
    def state(self) -> str:
        """The gate in a few words: "STOPPED by 1 of 9 checks", "9 checks, 2 warnings", "9 checks passed"."""
        number = len(self.findings)
        if self.stops:
            return f"STOPPED by {len(self.stops)} of {number} checks"
        if self.warnings:
            return f"{number} checks, {len(self.warnings)} warning{'s' if len(self.warnings) > 1 else ''}"
        return f"{number} checks passed"


def measure(check: str, value: Decimal) -> str:
    """Returns a value in the unit its check says: 1.25 %, 3 days, or a plain number with blanks between thousands."""
    if check.endswith("_share"):
        return f"{_trimmed(value * 100, 2)} %"
    if check.endswith("_days"):
        return f"{_trimmed(value, 0)} day{'' if value == 1 else 's'}"
    return _trimmed(value, 2)


def markdown(report: GateReport) -> str:
    """Returns the gate as a markdown page: its state, what failed with examples and what to do, then every check."""
    failed = [*report.stops, *report.warnings]
    parts = [f"# {report.title}: {report.state}", f"{report.run_name}, gate `{report.gate}`"]
    for finding in failed:
        parts.append(
            f"## {finding.verdict}: expected that {_cell(finding.says)}\nFound **{finding.found_shown}**, limit {finding.limit_shown}. "
            f"Clause {finding.clause}.\n\n**What to do:** {_cell(finding.advice)}."
        )
        if finding.examples:
            parts.append(_markdown_table(finding.examples))
    rows = [f"| {' | '.join(cells)} |" for cells in map(_row, report.findings)]
    table = ["| verdict | severity | what must hold | found | limit | clause |", "|---|---|---|---:|---|---|", *rows]
    return "\n\n".join([*parts, "## All checks\n" + "\n".join(table)]) + "\n"


def screen(report: GateReport) -> str:
    """Returns, in one screen of plain text, why the gate stopped the run and what to do; warnings are not in it."""
    lines = [f"{report.run_name} stopped at the gate `{report.gate}`: nothing of this step was accepted."]
    for finding in report.stops[:SHOWN]:
        lines += [
            "",
            f"STOP {finding.check}: expected that {finding.says} ({finding.clause})",
            f"  found {finding.found_shown}, limit {finding.limit_shown}",
        ]
        lines += [f"  - {_one_line(example)}" for example in finding.examples[:3]]
        lines.append(f"  what to do: {finding.advice}")
    if len(report.stops) > SHOWN:
        lines += ["", f"and {len(report.stops) - SHOWN} more on the gate page"]
    return "\n".join(lines)


def html(reports: Sequence[GateReport], run_name: str, data_docs: str = "data_docs/index.html") -> bytes:
    """Returns the gate page of a run: self-contained HTML, the gates in order, with a link to the Data Docs behind it if given."""
    return page("gates.html", title=f"Quality gates of {run_name}", run_name=run_name, reports=reports, data_docs=data_docs)


def _row(finding: Finding) -> tuple[str, ...]:
    return finding.verdict, finding.severity, _cell(finding.says), finding.found_shown, finding.limit_shown, finding.clause


def _markdown_table(examples: Sequence[Example]) -> str:
    columns = list(examples[0])
    head = f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}"
    rows = [f"| {' | '.join(_cell(example[column]) for column in columns)} |" for example in examples]
    return "\n".join([head, *rows])


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ").replace("<", "&lt;").replace("`", "'")


def _one_line(example: Example) -> str:
    return ", ".join(f"{name} {value}" for name, value in example.items() if value != "")[:200]


def _trimmed(value: Decimal, most: int) -> str:
    shown = f"{value:,.{most}f}".replace(",", " ")
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


__all__ = ["Finding", "GateReport", "html", "markdown", "measure", "screen"]
