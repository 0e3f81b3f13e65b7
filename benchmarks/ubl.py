"""E-invoices a second: writing one, and looking into it as the documents gate does, beside a floor of the same run.

The floor parses the finished document with lxml and writes it out again: what any program does at least that touches it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from lxml import etree

from reports.invoice_pdf import render
from reports.ubl import e_invoice
from tasks.e_invoice import looking
from tasks.e_invoice.validating import findings
from tests.documents.samples import invoice

GOAL = 150  # small invoices a second on one core, written and held against the schema
ROUNDS, DOCUMENTS = 5, 200
COMMUNICATION = "+++123/1234/12328+++"


@dataclass(frozen=True, slots=True)
class Measured:
    """One thing done to an e-invoice: documents a second, and how many times as fast as the floor."""

    what: str
    per_second: float
    ratio: float


def measure() -> list[Measured]:
    """The rows, the best of several rounds each, turn by turn so that a busy moment hits them alike; the rules last, in two processes."""
    record = invoice(6)
    record = replace(record, head=replace(record.head, structured_reference=COMMUNICATION))
    pdf = render(record)
    small, whole = e_invoice(record, pdf=None), e_invoice(record, pdf=pdf)
    schema = looking._schema("Invoice")
    ways: dict[str, Callable[[], object]] = {
        "floor: parsed and written again by lxml": lambda: etree.tostring(etree.fromstring(small)),
        "ours: written": lambda: e_invoice(record, pdf=None),
        "ours: written and held against the schema": lambda: schema.assertValid(etree.fromstring(e_invoice(record, pdf=None))),
        f"ours: written with its PDF of {len(pdf) // 1024} kB": lambda: e_invoice(record, pdf=pdf),
    }
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(ROUNDS):
        for way, work in ways.items():
            best[way] = min(best[way], _seconds(work))
    floor = next(iter(best.values()))
    rows = [Measured(way, 1 / seconds, floor / seconds) for way, seconds in best.items()]
    gate = min(_seconds_of_the_gate(whole) for _ in range(2))  # the first round compiles the rules
    return [*rows, Measured("the gate: schema, EN 16931, own checks, two processes", DOCUMENTS / gate, floor / (gate / DOCUMENTS))]


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    for _ in range(DOCUMENTS):
        work()
    return (time.perf_counter() - begun) / DOCUMENTS


def _seconds_of_the_gate(document: bytes) -> float:
    begun = time.perf_counter()
    found = list(findings((("2026-000123.xml", document) for _ in range(DOCUMENTS)), peppol_rules=None, workers=2))
    assert not any(one.severity == "fatal" for one in found), found[:3]
    return time.perf_counter() - begun


def main() -> None:
    """Print the table."""
    print(f"e-invoices of six lines; goal: {GOAL} a second, written and held against the schema")
    print(f"{'':<56} {'a second':>9} {'ratio':>6}")
    for row in measure():
        print(f"{row.what:<56} {row.per_second:>9.0f} {row.ratio:>6.2f}")


if __name__ == "__main__":
    main()
