"""Credit notes and the invoice made anew, from the command to the paper in the store and the mail."""

import email
from datetime import date
from email import policy
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from flows.credit import credit
from flows.monthly_close import monthly_close
from tests.documents.reading import pages, plain
from tests.documents.reading import text as paper
from tests.world import world

REASON = "Deux utilisateurs facturés de trop"


@pytest.fixture
def closed(here: Path) -> Path:
    """The small operator with October closed on the 28th; gives the folder of its files."""
    world().write(here / "feed")
    monthly_close.fn(period="2026-10", on=date(2026, 10, 28), approve=True)
    return here


def number_of(database: Engine, payer: str, kind: str = "invoice") -> str:
    with database.connect() as conn:
        found = conn.execute(
            text("select max(number) from invoice where payer_id = :payer and kind = :kind"), {"payer": payer, "kind": kind}
        )
        return str(found.scalar_one())


def test_the_credit_note_of_one_line_is_on_paper_and_in_the_mail_with_the_same_words(closed: Path, database: Engine) -> None:
    credited = number_of(database, "CL-PACK")
    credit.fn(invoice=credited, reason=REASON, on=date(2026, 11, 5), lines=[2], amount=None, again=False)
    note = number_of(database, "CL-PACK", "credit_note")
    shown = paper((closed / "out" / "2026-11" / "invoices" / f"{note}.pdf").read_bytes())
    for part in (
        f"Note de crédit {note}",
        f"Crédite la facture {credited} du 28 octobre 2026.",
        f"Motif : {REASON}",
        f"Crédite la ligne 2 de la facture {credited}.",
        "31,00 €",  # one user of November
        "6,51 €",  # 21 % of it
        "37,51 €",
        "TVA à reverser à l’État",
    ):
        assert part in shown
    assert "-31,00" not in shown
    mails = [email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted((closed / "mailbox" / "new").iterdir())]
    (mail,) = [mail for mail in mails if mail["X-Invoice"] == note]
    said = plain(mail.get_body(("plain",)).get_content())
    assert f"Elle crédite la facture {credited} du 28 octobre 2026." in said
    assert f"Motif : {REASON}" in said
    assert "37,51 €" in said
    assert [part.get_filename() for part in mail.iter_attachments()] == [f"{note}.pdf", f"{note}.xml"]


def test_an_invoice_made_anew_names_the_one_it_replaces(closed: Path, database: Engine) -> None:
    credited = number_of(database, "CL-PACK")
    small = world()
    small.row("order_lines", "L-PACK-PACK")["unit_price"] = "4.00"
    small.write(closed / "feed")
    credit.fn(invoice=credited, reason=REASON, on=date(2026, 11, 5), lines=[], amount=None, again=True)
    anew = number_of(database, "CL-PACK")
    assert anew != credited
    first = pages((closed / "out" / "2026-11" / "invoices" / f"{anew}.pdf").read_bytes())[0]
    assert f"Remplace la facture {credited}" in first
    assert "Facture créditée" not in first
