"""A stage for the tests of delivery, dunning and payments: payers, issued invoices with their PDFs, and mailboxes to look into."""

import hashlib
import json
import random
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import cast

from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import text

from billing.numbering import invoice_number, series_name, structured_reference
from billing.period import Period
from tasks.ledger import Run, open_close
from tasks.mailbox_server import Keeper
from tasks.outside import Outside

NO_SUCH_USER = "550 5.1.1 no such user"


class Scene:
    """Writes what the steps before delivery leave behind."""

    def __init__(self, outside: Outside) -> None:
        self.outside = outside
        self.say("insert into import_run (feed) values ('test')")

    def say(self, statement: str, **values: object) -> list[tuple[object, ...]]:
        """The rows a statement answers, committed."""
        with self.outside.engine.begin() as conn:
            answer = conn.execute(text(statement), values)
            return [tuple(row) for row in answer] if answer.returns_rows else []

    def payer(self, payer_id: str, mail: str = "a@b.example", language: str = "fr", channel: str = "email", name: str = "Ozelle") -> None:
        """A payer, or a new version of it."""
        self.say("update party set superseded_import = 1 where party_id = :id and superseded_import is null", id=payer_id)
        self.say(
            "insert into party (party_id, version, valid_import, role, name, language, billing_emails, delivery, street, postal_code, city,"
            " country) select :id, count(*) + 1, 1, 'client', :name, :language, :mail, :channel, 'Rue du Moulin 1', '1480', 'Tubize', 'BE'"
            " from party where party_id = :id",
            id=payer_id, name=name, language=language, mail=mail, channel=channel,
        )  # fmt: skip

    def close(self, month: str = "2026-10", on: date = date(2026, 10, 28)) -> Run:
        """The close of a month."""
        return open_close(self.outside.engine, Period.month(month), on)

    def invoice(
        self, run: Run, payer_id: str, gross: str = "100.00", *, days: int = 30, clients: Iterable[str] = (), pdf_bytes: int = 5_000
    ) -> str:
        """An issued invoice without VAT, with its PDF and one summary for each of `clients`; returns its number."""
        day = run.on
        with self.outside.engine.begin() as conn:
            ((invoice_id, seq),) = conn.execute(
                text(
                    "insert into invoice (run_id, kind, payer_id, payer_version, payment_days, net, vat, gross)"
                    " select :run, 'invoice', :payer, max(version), :days, :gross, 0, :gross from party where party_id = :payer"
                    " returning invoice_id, (select count(*) + 1 from invoice)"
                ),
                {"run": run.run_id, "payer": payer_id, "days": days, "gross": Decimal(gross)},
            )
            conn.execute(
                text(
                    "insert into invoice_line (invoice_id, line_seq, contract_id, end_client_id, line_id, product, description, charge,"
                    " from_day, to_day, quantity, net, vat_category, vat_rate, clause)"
                    " values (:id, 1, 'C', :payer, 'L', 'user', 'Utilisateur', 'recurring', :day, :day, 1, :gross, 'O', 0, 'BT-2.b')"
                ),
                {"id": invoice_id, "payer": payer_id, "day": day, "gross": Decimal(gross)},
            )
            conn.execute(
                text("insert into invoice_vat (invoice_id, vat_category, vat_rate, base, vat) values (:id, 'O', 0, :gross, 0)"),
                {"id": invoice_id, "gross": Decimal(gross)},
            )
            series, number = series_name("invoice", day.year), invoice_number("invoice", day.year, seq)
            upsert = "insert into number_series values (:s, :q) on conflict (series) do update set last_seq = :q"
            conn.execute(text(upsert), {"s": series, "q": seq})
            conn.execute(
                text(
                    "update invoice set series = :series, seq = :seq, number = :number, issued_on = :day, due_on = :due,"
                    " structured_reference = :reference where invoice_id = :id"
                ),
                {"series": series, "seq": seq, "number": number, "day": day, "due": day + timedelta(days=days), "id": invoice_id,
                 "reference": structured_reference("invoice", day.year, seq)},
            )  # fmt: skip
        self.document(run, number, "invoice", pdf(number, size=pdf_bytes))
        for client in clients:
            self.document(run, number, "summary", pdf(number, client), client)
        return number

    def document(self, run: Run, number: str, kind: str, content: bytes, end_client_id: str = "") -> None:
        """A document of an invoice, in the store and in its table."""
        path = f"{run.folder}/{kind}/{number}{end_client_id}.pdf"
        self.outside.out.write(path, content)
        self.say(
            "insert into document (run_id, invoice_id, kind, end_client_id, path, sha256, size)"
            " select :run, invoice_id, :kind, :client, :path, :sha256, :size from invoice where number = :number",
            run=run.run_id, number=number, kind=kind, client=end_client_id, path=path, size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
        )  # fmt: skip

    def states(self) -> list[tuple[object, ...]]:
        """(invoice, state, attempts, last error) of each delivery of an invoice, by number."""
        return self.say(
            "select number, state, attempts, last_error from delivery join invoice using (invoice_id)"
            " where purpose = 'invoice' order by number"
        )

    def forget(self) -> None:
        """As if nothing had been noted after it was recorded."""
        self.say("delete from delivery_recipient")
        self.say("update delivery set state = 'pending', sent_at = null")

    def dispute(
        self, dispute_id: str, number: str, opened_on: str, amount: str, closed_on: str = "", *, phase: str = "claim", guarantee: str = ""
    ) -> None:
        """A dispute as the feed brings it."""
        self.say(
            "insert into feed_record (table_name, record_id, version, valid_import, record)"
            " values ('disputes', :id, 1, 1, cast(:record as jsonb))",
            id=dispute_id,
            record=json.dumps({
                "dispute_id": dispute_id, "invoice_number": number, "opened_on": opened_on, "amount": amount, "phase": phase,
                "guarantee_amount": guarantee or None, "closed_on": closed_on,
            }),
        )  # fmt: skip


def pdf(number: str, end_client_id: str = "", size: int = 5_000) -> bytes:
    """What stands for the PDF of an invoice, or of the summary of an end client."""
    return f"%PDF {number} {end_client_id}".encode() + random.Random(1).randbytes(size)


def mails(folder: Path) -> list[EmailMessage]:
    """The mails of a Maildir, parsed, by name: in order of arrival for those of the server."""
    return [cast(EmailMessage, message_from_bytes(path.read_bytes(), policy=policy.default)) for path in sorted((folder / "new").iterdir())]


def ids(folder: Path) -> list[str]:
    """The Message-IDs of a Maildir."""
    return [mail["Message-ID"] for mail in mails(folder)]


class Postmaster(Keeper):
    """A mailbox that refuses the recipients it is told to, and gives the answers it is told to after DATA, one a mail, then OK."""

    def __init__(self, folder: Path, answers: Iterable[str] = (), refused: dict[str, str] | None = None) -> None:
        super().__init__(folder)
        self.answers, self.refused = list(answers), refused or {}
        self.sessions: set[int] = set()

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.sessions.add(id(session))
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer == "hang up":
            server.transport.abort()
            return "250 nobody hears this"
        if answer == "keep and hang up":
            self.keep(envelope)
            server.transport.abort()
            return "250 nobody hears this"
        if answer.startswith("250"):
            self.keep(envelope)
        return answer
