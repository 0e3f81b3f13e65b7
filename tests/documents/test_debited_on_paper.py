"""An invoice that will be debited says so, on paper and in its mail, in the place of how to pay it."""

import json
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Engine
from sqlalchemy import text as statement

from reports.direct_debit import masked_account
from reports.invoice_pdf import render
from reports.mail_text import invoice_mail
from reports.records import Collection, InvoiceRecord, Language
from reports.wording import LANGUAGES
from tasks import delivery, documents
from tasks.ledger import Run
from tasks.outside import Outside
from tests.documents import closed_month
from tests.documents.reading import pages, plain, text
from tests.documents.samples import SELLER, credit_note, invoice
from tests.steps.collecting_scene import CollectingScene
from tests.steps.delivery_scene import mails

COLLECTION = Collection(date(2026, 11, 27), "BE68539007547034", "M-2026-17", "BE81ZZZ0123456749")
SAID: dict[Language, tuple[str, ...]] = {
    "fr": ("sera débité le 27 novembre 2026", "rien à payer vous-même", "Compte débité", "Mandat", "Identifiant du créancier"),
    "nl": (
        "wordt afgehouden op 27 november 2026",
        "u hoeft zelf niets te betalen",
        "Rekening",
        "Mandaat",
        "Identificatie van de schuldeiser",
    ),
    "en": ("will be debited on 27 November 2026", "you need not pay yourself", "Account debited", "Mandate", "Creditor identifier"),
}
MAILED: dict[Language, str] = {
    "fr": "Le montant de 60,50 € sera débité le 27 novembre 2026 de votre compte BE68 •••• •••• 7034, en vertu du mandat M-2026-17"
    " (identifiant du créancier BE81ZZZ0123456749). Vous n’avez rien à payer vous-même.",
    "nl": "Het bedrag van € 60,50 wordt op 27 november 2026 van uw rekening BE68 •••• •••• 7034 afgehouden, krachtens mandaat M-2026-17"
    " (identificatie van de schuldeiser BE81ZZZ0123456749). U hoeft zelf niets te betalen.",
    "en": "The amount of €60.50 will be debited on 27 November 2026 from your account BE68 •••• •••• 7034, under mandate M-2026-17"
    " (creditor identifier BE81ZZZ0123456749). You need not pay it yourself.",
}


def debited(record: InvoiceRecord, collection: Collection | None = COLLECTION, **changes: object) -> InvoiceRecord:
    return replace(record, head=replace(record.head, collection=collection, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_page_says_when_from_which_account_and_that_nothing_need_be_done(language: Language) -> None:
    first = pages(render(debited(invoice(4, language=language))))[0]
    for said in (*SAID[language], "BE68 •••• •••• 7034", "M-2026-17", "BE81ZZZ0123456749", "+++123/4567/89012+++"):
        assert said in first
    for not_said in (SELLER.bic, "BE68 5390"):
        assert not_said not in first


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_mail_says_the_same(language: Language) -> None:
    mail = invoice_mail(debited(invoice(4, language=language)))
    assert MAILED[language] in plain(mail.text)
    for part in ("BE68 •••• •••• 7034", "M-2026-17", "BE81ZZZ0123456749", "+++123/4567/89012+++"):
        assert part in mail.text
        assert part in mail.html
    assert "BE71" not in mail.text + mail.html


def test_a_mandate_of_35_characters_stands_there_whole() -> None:
    longest = "MANDAT-2026-0123456789-ABCDEFGHIJKL"
    assert len(longest) == 35
    assert longest in pages(render(debited(invoice(4, language="nl"), replace(COLLECTION, mandate_id=longest))))[0]


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(debited(invoice(4), None), id="no mandate"),
        pytest.param(debited(invoice(4), gross=Decimal("0.00")), id="nothing to pay"),
        pytest.param(debited(credit_note()), id="a credit note"),
    ],
)
def test_who_is_not_debited_is_not_told_so(record: InvoiceRecord) -> None:
    assert "débité le" not in text(render(record))
    assert "sera débité" not in invoice_mail(record).text


@pytest.mark.parametrize(
    ("iban", "shown"),
    [("BE68539007547034", "BE68 •••• •••• 7034"), ("FR1420041010050500013M02606", "FR14 •••• •••• •••• •••• •••2 606"),
     ("NO9386011117947", "NO93 •••• •••7 947")],
)  # fmt: skip
def test_an_account_is_shown_by_its_ends(iban: str, shown: str) -> None:
    assert masked_account(iban) == shown
    assert re.sub("[^•]", "", shown) == "•" * (len(iban) - 8)


# ---------------------------------------------------------------- from the ledger
def mandate(engine: Engine, payer_id: str, import_no: int, ends_on: str = "") -> None:
    record = {"payer_id": payer_id, "iban": COLLECTION.iban, "signed_on": "2026-01-01", "scheme": "CORE", "ends_on": ends_on}
    with engine.begin() as conn:
        while int(conn.execute(statement("select max(import_no) from import_run")).scalar_one()) < import_no:
            conn.execute(statement("insert into import_run (feed) values ('test')"))
        conn.execute(statement("update feed_record set superseded_import = :n where table_name = 'mandates'"), {"n": import_no})
        conn.execute(
            statement(
                "insert into feed_record (table_name, record_id, version, valid_import, record)"
                " select 'mandates', 'M-2026-17', count(*) + 1, :n, cast(:r as jsonb) from feed_record"
            ),
            {"n": import_no, "r": json.dumps(record)},
        )


@pytest.fixture
def run(outside: Outside) -> Run:
    """SOLO's invoice 2026-000002 is issued on 28 October with what import 1 says, due on 27 November."""
    run = closed_month.fill(outside.engine)
    with outside.engine.begin() as conn:
        conn.execute(
            statement("insert into run_step (run_id, step, state, import_no, staged_at) values (:run, 'issue', 'accepted', 1, now())"),
            {"run": run.run_id},
        )
    return run


def test_an_invoice_says_what_was_known_when_it_was_issued_and_says_it_again_the_same(outside: Outside, run: Run) -> None:
    mandate(outside.engine, "SOLO", 1)
    documents.stage(outside, run)
    paper = outside.out.read("2026-10/invoices/2026-000002.pdf")
    assert "débité le 27 novembre 2026" in text(paper)
    assert "BE68 •••• •••• 7034" in text(paper)
    mandate(outside.engine, "SOLO", 2, ends_on="2026-11-01")
    documents.stage(outside, replace(run, import_no=2))
    assert outside.out.read("2026-10/invoices/2026-000002.pdf") == paper


def test_a_mandate_that_came_after_the_invoice_changes_nothing_on_it(outside: Outside, run: Run) -> None:
    documents.stage(outside, run)
    paper = outside.out.read("2026-10/invoices/2026-000002.pdf")
    mandate(outside.engine, "SOLO", 2)
    documents.stage(outside, replace(run, import_no=2))
    assert outside.out.read("2026-10/invoices/2026-000002.pdf") == paper
    assert "débité le" not in text(paper)


def test_the_mail_of_an_invoice_that_is_debited_says_so_and_that_of_another_how_to_pay(outside: Outside) -> None:
    scene = CollectingScene(outside)
    delivery.stage(outside, scene.run)
    said = {}
    for mail in mails(outside.settings.state.parent / "mailbox"):
        body = mail.get_body(("plain",))
        assert body is not None
        said[mail["X-Invoice"]] = plain(body.get_content())
    assert "sera débité le 27 novembre 2026 de votre compte BE68 •••• •••• 7034" in said["2026-000001"]
    assert "sera débité" not in said["2026-000004"]
    assert "BE71 0961 2345 6769" in said["2026-000004"]
