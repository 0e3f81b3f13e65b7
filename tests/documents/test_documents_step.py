"""The documents step on a real database and a real folder."""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy import text as statement

from tasks import documents
from tasks.ledger import Run, Stopped
from tasks.outside import Outside
from tasks.store import Store, StoreFailed, file_name
from tests.documents import closed_month
from tests.documents.reading import text
from tests.documents.ubl_reading import read, texts

INVOICES = ("2026-10/invoices/2026-000001.pdf", "2026-10/invoices/2026-000002.pdf")
E_INVOICES = ("2026-10/invoices/2026-000001.xml", "2026-10/invoices/2026-000002.xml")
SUMMARIES = ("2026-10/summaries/ALFA.pdf", "2026-10/summaries/BETA.pdf", "2026-10/summaries/SOLO.pdf")
EVERYTHING = tuple(sorted(INVOICES + E_INVOICES + SUMMARIES))


@pytest.fixture
def run(outside: Outside) -> Run:
    return closed_month.fill(outside.engine)


@pytest.fixture
def rows(outside: Outside) -> Callable[[], list[tuple[object, ...]]]:
    def read() -> list[tuple[object, ...]]:
        with outside.engine.connect() as conn:
            return [
                tuple(row) for row in conn.execute(statement("select path, sha256, size, kind, end_client_id from document order by path"))
            ]

    return read


def test_each_invoice_has_its_pdf_and_its_e_invoice_and_each_end_client_its_summary(
    outside: Outside, run: Run, rows: Callable[[], list[tuple[object, ...]]]
) -> None:
    receipt = documents.stage(outside, run)
    assert outside.out.paths("2026-10") == EVERYTHING
    assert tuple(row[0] for row in rows()) == EVERYTHING
    assert [receipt.figures[name] for name in ("invoices", "e-invoices", "summaries")] == [2, 2, 3]
    for path, sha256, size, *_ in rows():
        content = outside.out.read(str(path))
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (sha256, size)


def test_doing_it_again_gives_the_same_bytes_and_the_same_rows(
    outside: Outside, run: Run, rows: Callable[[], list[tuple[object, ...]]]
) -> None:
    documents.stage(outside, run)
    first, contents = rows(), [outside.out.read(path) for path in EVERYTHING]
    outside.out.write(INVOICES[0], b"spoiled")
    documents.stage(outside, run)
    assert rows() == first
    assert [outside.out.read(path) for path in EVERYTHING] == contents


@pytest.mark.clause("GC-5.1")
@pytest.mark.parametrize("path", E_INVOICES)
def test_an_e_invoice_says_what_the_ledger_says_to_the_cent_and_holds_the_pdf(outside: Outside, run: Run, path: str) -> None:
    documents.stage(outside, run)
    content = outside.out.read(path)
    found, number = read(content), Path(path).stem
    with outside.engine.connect() as conn:
        invoice_id, *totals = conn.execute(
            statement("select invoice_id, net, vat, gross from invoice where number = :n"), {"n": number}
        ).one()
        lines = conn.execute(statement("select line_seq, net from invoice_line where invoice_id = :i"), {"i": invoice_id}).all()
        vat = conn.execute(
            statement("select vat_category, vat_rate, base, vat from invoice_vat where invoice_id = :i"), {"i": invoice_id}
        ).all()
    assert found.faults() == []
    assert [found.net, found.vat_total, found.gross] == [Fraction(each) for each in totals]
    assert {int(line.number): line.net for line in found.lines} == {seq: Fraction(net) for seq, net in lines}
    assert found.vat == {(category, Fraction(rate)): (Fraction(base), Fraction(tax)) for category, rate, base, tax in vat}
    [embedded] = texts(content, "AdditionalDocumentReference/Attachment/EmbeddedDocumentBinaryObject")
    assert base64.b64decode(embedded) == outside.out.read(path.replace(".xml", ".pdf"))


@pytest.mark.clause("CG-2.b")
def test_an_e_invoice_names_the_electronic_address_and_the_mail_address_of_its_payer(outside: Outside, run: Run) -> None:
    with outside.engine.begin() as conn:
        conn.execute(statement(
            "update party set peppol_id = '9938:LU99000154', billing_emails = 'pay@solo.example; boss@solo.example' where party_id = 'SOLO'"
        ))  # fmt: skip
    documents.stage(outside, run)
    content = outside.out.read(E_INVOICES[1])
    assert texts(content, "AccountingCustomerParty/Party/EndpointID") == ["LU99000154"]
    assert texts(content, "AccountingCustomerParty/Party/Contact/ElectronicMail") == ["pay@solo.example"]


@pytest.mark.clause("CG-2.a")
def test_a_partner_sees_its_end_clients_by_name_with_subtotals_in_its_language(outside: Outside, run: Run) -> None:
    documents.stage(outside, run)
    shown = text(outside.out.read(INVOICES[0]))
    assert "Subtotaal Alfa & Zonen 50,00" in shown
    assert "Subtotaal Bèta NV 100,00" in shown
    assert "€ 181,50" in shown


def test_the_call_detail_has_the_calls_charged_or_in_a_pack_and_no_free_emergency_help_or_held_one(outside: Outside, run: Run) -> None:
    documents.stage(outside, run)
    shown = text(outside.out.read(INVOICES[1]))
    assert "02/10/26 10:00:01 +32475111xxx Belgique – mobile 1:00 1:00 0,00" in shown
    assert "03/10/26 11:00:02 +32475111xxx Belgique – mobile 2:05 0,12" in shown
    assert "04/10/26 12:00:03 +33140000xxx France – fixe 1:30 0,30" in shown
    for never in ("Gratuit", "Urgence", "Aide", "Retenu", "32800"):
        assert never not in shown
    assert "L-SOLO · Utilisateur" in shown
    assert "4:05 hors pack ; 1:00 compris dans le pack" in shown


def test_the_masking_of_called_numbers_is_a_setting(outside: Outside, run: Run) -> None:
    whole = replace(outside, settings=outside.settings.model_copy(update={"masked_digits": 0}))
    documents.stage(whole, run)
    assert "+32475111333" in text(outside.out.read(INVOICES[1]))


@pytest.mark.clause("BT-2.f")
def test_a_summary_shows_what_the_frozen_snapshot_counted_and_since_when(outside: Outside, run: Run) -> None:
    documents.stage(outside, run)
    shown = text(outside.out.read(SUMMARIES[2]))
    assert "Utilisateur 2 10 9 01/11 – 30/11/26" in shown
    assert closed_month.HASH in shown
    assert "27/10/2026" in shown
    assert "user1@L-SOLO E1 depuis le 27/09/2026" in shown
    assert "user2@L-SOLO E2 depuis le 27/10/2026" in shown


def test_worker_processes_draw_the_same_bytes(outside: Outside, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    documents.stage(outside, run)
    alone = {path: outside.out.read(path) for path in EVERYTHING}
    monkeypatch.setattr(documents, "BATCH", 1)
    many = replace(outside, settings=outside.settings.model_copy(update={"workers": 2}), out=Store(outside.out.root + "-many"))
    documents.stage(many, run)
    assert {path: many.out.read(path) for path in many.out.paths("2026-10")} == alone


def test_a_run_without_invoices_draws_nothing(outside: Outside) -> None:
    with outside.engine.begin() as conn:
        conn.execute(statement("insert into import_run (feed) values ('test')"))
        run_id = conn.execute(statement("insert into run (kind, run_on) values ('orders', '2026-10-05') returning run_id")).scalar_one()
    receipt = documents.stage(outside, Run(run_id, "orders", None, closed_month.date(2026, 10, 5), 1))
    assert receipt.figures == {"invoices": 0, "e-invoices": 0, "summaries": 0, "bytes": 0}


def test_an_invoice_that_cannot_be_drawn_is_named_and_no_row_is_kept(
    outside: Outside, run: Run, rows: Callable[[], list[tuple[object, ...]]]
) -> None:
    with outside.engine.begin() as conn:
        conn.execute(statement("alter table invoice_line disable trigger all"))
        conn.execute(statement("update invoice_line set note = 'moonlight phase=3' where end_client_id = 'SOLO'"))
    with pytest.raises(Stopped, match=r"invoice 2026-000002 cannot be drawn: .*moonlight"):
        documents.stage(outside, run)
    assert rows() == []


def test_a_store_that_cannot_be_written_stops_with_one_line(outside: Outside, run: Run, tmp_path: Path) -> None:
    (tmp_path / "occupied").write_text("a file where a folder should be")
    with pytest.raises(StoreFailed, match=r"could not write 2026-10/invoices/2026-000001\.pdf"):
        documents.stage(replace(outside, out=Store(str(tmp_path / "occupied"))), run)


@pytest.mark.parametrize(
    ("given", "starts"),
    [
        ("EC-1", "EC-1"),
        ("a/b", "a_b-"),
        ("../x", "x-"),
        (".hidden", "hidden-"),
        ("Café", "Caf-"),
        ("", "name-"),
        ("x" * 300, "x" * 60 + "-"),
    ],
)
def test_any_id_becomes_a_safe_file_name(given: str, starts: str) -> None:
    assert file_name(given).startswith(starts)
    assert "/" not in file_name(given)
    assert file_name(given) == file_name(given)


def test_two_ids_never_share_a_file_name() -> None:
    assert len({file_name(given) for given in ("a/b", "a_b", "a b", "a\\b", "a:b")}) == 5
