"""Every amount on paper is in the ledger, and every amount of the ledger on paper: of invoices, credit and debit notes, in three languages."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy import text as statement

from flows.credit import credit
from flows.dunning import dunning
from flows.monthly_close import monthly_close
from reports.invoice_pdf import render
from reports.records import InvoiceRecord, Language
from reports.wording import LANGUAGES
from tests.documents.debit_notes import debit_note
from tests.documents.printed_amounts import differences, in_ledger, on_paper
from tests.documents.samples import credit_note, invoice, life_of_a_contract, partner_invoice
from tests.world import world

D = Decimal
CENT = D("0.01")
ISSUED = """
select number, invoice.kind, language, path
from invoice
join document using (invoice_id)
join party on party_id = payer_id and party.version = payer_version
where document.kind = 'invoice' and number is not null
"""


@pytest.fixture
def closed(here: Path, database: Engine) -> Path:
    """October of the small operator, a credit note in each language, and what late payment costs; one user is dear: above a thousand."""
    small = world()
    for line in ("L-PACK-USER", "L-SIP-CHANNEL", "L-ALFA-USER"):
        small.row("order_lines", line)["unit_price"] = "1234.567800"
    small.write(here / "feed")
    monthly_close.fn(period="2026-10", on=date(2026, 10, 28), approve=True)
    with database.connect() as conn:
        numbers = dict(conn.execute(statement("select payer_id, number from invoice where kind = 'invoice'")).tuples().all())
    credit.fn(invoice=numbers["CL-SIP"], reason="Eén kanaal", on=date(2026, 11, 5), lines=[1], amount=None, again=False)
    for payer in ("PA-ONE", "CL-START"):
        credit.fn(invoice=numbers[payer], reason="Geste", on=date(2026, 11, 5), lines=[], amount=None, again=False)
    for day in (date(2026, 12, 15), date(2027, 2, 1)):
        dunning.fn(on=day, without_statements=True, by="finance")
    return here / "out"


def test_paper_and_ledger_have_the_same_amounts_each_as_often(closed: Path, database: Engine) -> None:
    with database.connect() as conn:
        issued = conn.execute(statement(ISSUED)).tuples().all()
        papers = {number: on_paper((closed / path).read_bytes(), language) for number, _, language, path in issued}
        found = {number: differences(paper, in_ledger(conn, number)) for number, paper in papers.items()}
    assert {number: amounts for number, amounts in found.items() if amounts} == {}
    dear = {(kind, language) for number, kind, language, _ in issued if max(papers[number]) > 1000}
    assert {(kind, language) for _, kind, language, _ in issued} >= set(product(("invoice", "credit_note"), LANGUAGES))
    assert "debit_note" in {kind for _, kind, _, _ in issued}
    assert {("invoice", language) for language in LANGUAGES} <= dear


# ---------------------------------------------------------------- that it can fail
def first_line(record: InvoiceRecord, **changes: object) -> InvoiceRecord:
    section = record.end_clients[0]
    lines = (replace(section.lines[0], **changes), *section.lines[1:])  # type: ignore[arg-type]
    return replace(record, end_clients=(replace(section, lines=lines), *record.end_clients[1:]))


def head(record: InvoiceRecord, **changes: object) -> InvoiceRecord:
    return replace(record, head=replace(record.head, **changes))  # type: ignore[arg-type]


def first_call(record: InvoiceRecord) -> InvoiceRecord:
    section = record.end_clients[0]
    itemised = section.calls[0]
    calls = (itemised.calls[0]._replace(price_cents=itemised.calls[0].price_cents + 1), *itemised.calls[1:])
    return replace(record, end_clients=(replace(section, calls=(replace(itemised, calls=calls),)), *record.end_clients[1:]))


CHANGES: dict[str, Callable[[InvoiceRecord], InvoiceRecord]] = {
    "the net of a line": lambda record: first_line(record, net=record.end_clients[0].lines[0].net + CENT),
    "a unit price": lambda record: first_line(record, unit_price=D("1.388890")),
    "the total": lambda record: head(record, gross=record.head.gross + CENT),
    "the net": lambda record: head(record, net=record.head.net + CENT),
    "VAT": lambda record: replace(record, vat=(replace(record.vat[0], vat=record.vat[0].vat + CENT),)),
    "what VAT is on": lambda record: replace(record, vat=(replace(record.vat[0], base=record.vat[0].base + CENT),)),
    "a call": first_call,
    "a subtotal": lambda record: replace(record, end_clients=(replace(record.end_clients[0], net=D("99.99")), *record.end_clients[1:])),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("changed", CHANGES)
def test_one_cent_changed_anywhere_is_seen_on_paper(changed: str, language: Language) -> None:
    record = partner_invoice(2, language)
    before, after = (on_paper(render(one), language) for one in (record, CHANGES[changed](record)))
    found = differences(after, before)
    assert found["on paper alone"]
    assert found["in the ledger alone"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_amounts_of_any_size_and_sign_are_read_as_each_language_writes_them(language: Language) -> None:
    record = head(life_of_a_contract(language), gross=D("1234567.89"))
    found = on_paper(render(record), language)
    assert found[D("1234567.89")] == 2
    assert found[D("-50.00")] == 3  # the unit price, the line, the overview


@pytest.mark.parametrize(("make", "of"), [(invoice, "invoice"), (credit_note, "credit note"), (debit_note, "debit note")])
def test_every_language_prints_the_same_amounts(make: Callable[..., InvoiceRecord], of: str) -> None:
    french, dutch, english = (on_paper(render(make(language=language)), language) for language in LANGUAGES)
    assert french == dutch == english, of
