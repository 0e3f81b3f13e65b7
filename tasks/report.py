"""The report step: the files of the month, the close report, and the gate page with the Data Docs behind it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import PurePosixPath

from sqlalchemy import Connection

import sql
from billing.money import from_cents
from reports import gate_page
from reports.close_report import CloseReport, Failed, InvoiceRow, NotInForce, Parked, ServiceTotal, UsageTotal, render
from tasks import gates
from tasks.export import write_files
from tasks.judging import write_data_docs
from tasks.ledger import Receipt, Run
from tasks.outside import Outside
from tasks.policies import policy_in_force

STATUSES = {
    1: ("charged", "on the invoices"),
    2: ("in the pack", "covered by an allowance"),
    3: ("free", "incoming, emergency, not answered, or at a rate of zero"),
    4: ("held", "contract or line not in force; billed when it is"),
    5: ("unrated", "no rate yet; billed by the first close that has one"),
}


@dataclass(frozen=True, slots=True)
class _Head:
    approved_by: str | None
    snapshot_on: date | None
    elements: int
    content_hash: str
    invoices: int
    payers: int
    net: Decimal
    vat: Decimal
    gross: Decimal
    order_invoices: int
    order_net: Decimal


@dataclass(frozen=True, slots=True)
class _Usage:
    status: int
    records: int
    cents: int


@dataclass(frozen=True, slots=True)
class _Deliveries:
    mailed: int
    published: int


@dataclass(frozen=True, slots=True)
class _Invoice:
    number: str
    payer_id: str
    name: str
    net: Decimal
    vat: Decimal
    gross: Decimal
    due_on: date
    path: str


def stage(outside: Outside, run: Run) -> Receipt:
    """Write the files of the month and the reports to the store; returns what was written. Done again it writes the same."""
    written = write_files(outside, run)
    with outside.engine.connect() as conn:
        found = gates.stored(conn, run)
        report = gather(conn, run, outside.settings.dunning_policy, found)
    outside.out.write(f"{run.folder}/close_report.html", render(report))
    outside.out.write(f"{run.folder}/gates.html", gate_page.html(found, run.name))
    pages = copy_data_docs(outside, run)
    return Receipt({**written.figures, "pages of Data Docs": pages})


def gather(conn: Connection, run: Run, policy_name: str, found: tuple[gate_page.GateReport, ...]) -> CloseReport:
    """Returns what the close report shows, as the run stands."""
    head = sql.one(conn, _Head, "report/head", run_id=run.run_id)
    sent = sql.one(conn, _Deliveries, "report/deliveries", run_id=run.run_id)
    assert head is not None
    assert sent is not None
    versions = {"run_id": run.run_id, "import_no": run.import_no}
    policy = policy_in_force(policy_name, run.on)
    return CloseReport(
        month=run.period.first if run.period else run.on.replace(day=1),
        on=run.on,
        approved_by=head.approved_by or "",
        net=head.net,
        vat=head.vat,
        gross=head.gross,
        payers=head.payers,
        services=tuple(sql.rows(conn, ServiceTotal, "report/services", **versions)),
        gates=found,
        parked=tuple(sql.rows(conn, Parked, "report/parked", **versions)),
        not_in_force=tuple(sql.rows(conn, NotInForce, "report/not_in_force", **versions)),
        usage=tuple(
            UsageTotal(*STATUSES[row.status], row.records, from_cents(row.cents))
            for row in sql.rows(conn, _Usage, "report/usage", run_id=run.run_id)
        ),
        mailed=sent.mailed,
        published=sent.published,
        failed=tuple(sql.rows(conn, Failed, "report/failed", run_id=run.run_id)),
        invoices=tuple(_linked(row, run) for row in sql.rows(conn, _Invoice, "report/invoices", run_id=run.run_id)),
        order_invoices=head.order_invoices,
        order_net=head.order_net,
        snapshot_on=head.snapshot_on,
        elements=head.elements,
        content_hash=head.content_hash,
        policy=policy.name,
        policy_source=policy.source,
    )


def copy_data_docs(outside: Outside, run: Run) -> int:
    """Write the Data Docs of the run to `data_docs` in the store; returns how many pages."""
    folder = write_data_docs(gates.project_folder(outside.settings, run.name))
    files = [file for file in sorted(folder.rglob("*")) if file.is_file()]
    for file in files:
        outside.out.write(f"{run.folder}/data_docs/{file.relative_to(folder).as_posix()}", file.read_bytes())
    return sum(file.suffix == ".html" for file in files)


def _linked(row: _Invoice, run: Run) -> InvoiceRow:
    """The row with its link from the report, which lies in the folder of the run."""
    path = PurePosixPath(row.path)
    inside = row.path.startswith(f"{run.folder}/")
    link = str(path.relative_to(run.folder)) if inside else ""
    return InvoiceRow(row.number, row.payer_id, row.name, row.net, row.vat, row.gross, row.due_on, link)
