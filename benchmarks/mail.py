"""Mails a second: the delivery step beside its floor in the same run, through a real mail server in a process of its own.

The floor sends prebuilt bytes over one connection and keeps no record. Ours reads the PDF, writes the words and builds the mail; the whole
step also settles each one in PostgreSQL, committed, before the next. The usual way beside them: EmailMessage, a connection for each.
"""

import multiprocessing
import smtplib
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from multiprocessing.connection import Connection
from pathlib import Path

from sql.migrate import migrate
from tasks import delivery
from tasks.database import connect, embedded_url, stop_embedded
from tasks.invoice_mails import composer
from tasks.ledger import Run
from tasks.mail import Mail, open_sender
from tasks.mailbox_server import MailboxServer
from tasks.outside import Outside
from tasks.settings import read_settings
from tasks.store import Store
from tests.steps.delivery_scene import Scene

GOAL = 0.8  # times the mails a second of the floor
MAILS, ROUNDS, PDF_BYTES = 150, 3, 60_000
FROM, TO = "billing@operator.example", "a@b.example"


@dataclass(frozen=True, slots=True)
class Measured:
    """One way of sending: mails a second, and how many times as fast as the floor."""

    way: str
    mails_per_second: float
    ratio: float


def measure() -> list[Measured]:
    """The rows of all ways, the best of several rounds each, turn by turn so that a busy moment hits them alike."""
    with tempfile.TemporaryDirectory(prefix="bench-mail-") as name, _outside(Path(name)) as outside, _server(Path(name)) as url:
        ours = Outside(outside.settings.model_copy(update={"smtp_url": url}), outside.engine, outside.out)
        scene, run, numbers = _invoices(ours)
        delivery.stage(ours, run)
        prebuilt = [path.read_bytes() for path in sorted((Path(name) / "box" / "new").iterdir())]
        pdfs = [outside.out.read(f"2026-10/invoice/{number}.pdf") for number in numbers]
        port = int(url.rpartition(":")[2])
        ways: dict[str, Callable[[], None]] = {
            "floor: prebuilt bytes, one connection": lambda: _floor(port, prebuilt),
            "ours: read, built and sent": lambda: _sent(ours, scene, run),
            "ours: the whole step, each mail settled": lambda: _delivered(ours, scene, run),
            "EmailMessage, a connection for each": lambda: _one_connection_each(port, pdfs),
        }
        best = dict.fromkeys(ways, float("inf"))
        for _ in range(ROUNDS):
            for way, send in ways.items():
                best[way] = min(best[way], _seconds(send))
    floor = next(iter(best.values()))
    return [Measured(way, MAILS / seconds, floor / seconds) for way, seconds in best.items()]


def _floor(port: int, prebuilt: Sequence[bytes]) -> None:
    with smtplib.SMTP("127.0.0.1", port) as connection:
        for content in prebuilt:
            connection.sendmail(FROM, [TO], content)


def _sent(outside: Outside, scene: Scene, run: Run) -> None:
    scene.forget()
    pending, files = delivery.record(outside, run)
    compose = composer(outside, pending, files)
    with open_sender(outside.settings) as sender:
        for row in pending:
            (content,) = compose(row, (row.recipients,))
            assert sender.send(Mail(row.message_id, FROM, (row.recipients,), content)).state == "sent"


def _delivered(outside: Outside, scene: Scene, run: Run) -> None:
    scene.forget()
    receipt = delivery.stage(outside, run)
    assert receipt.figures == {"mailed": MAILS}


def _one_connection_each(port: int, pdfs: Sequence[bytes]) -> None:
    for place, content in enumerate(pdfs):
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = FROM, TO, f"Facture {place}"
        message.set_content("Bonjour,\n" * 20)
        message.add_alternative("<p>Bonjour</p>\n" * 20, subtype="html")
        message.add_attachment(content, "application", "pdf", filename=f"{place}.pdf")
        with smtplib.SMTP("127.0.0.1", port) as connection:
            connection.sendmail(FROM, [TO], message.as_bytes(policy=SMTP))


def _seconds(send: Callable[[], None]) -> float:
    begun = time.perf_counter()
    send()
    return time.perf_counter() - begun


def _invoices(outside: Outside) -> tuple[Scene, Run, list[str]]:
    scene = Scene(outside)
    run = scene.close()
    scene.payer("P", mail=TO)
    return scene, run, [scene.invoice(run, "P", days=days, pdf_bytes=PDF_BYTES) for days in range(MAILS)]


@contextmanager
def _outside(folder: Path) -> Iterator[Outside]:
    server = folder / "postgres"
    engine = connect(embedded_url(server))
    try:
        migrate(engine)
        settings = read_settings(database_url=engine.url.render_as_string(hide_password=False), out=str(folder / "out"))
        yield Outside(settings, engine, Store(settings.out))
    finally:
        engine.dispose()
        stop_embedded(server)


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    """A mail server in a process of its own, as in life: it must not share our interpreter."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(folder / "box", theirs))
    process.start()
    try:
        yield str(ours.recv())
    finally:
        ours.send("stop")
        process.join()


def _serve(folder: Path, channel: Connection) -> None:
    with MailboxServer(folder) as server:
        channel.send(server.url)
        channel.recv()


def main() -> None:
    """Print the table."""
    print(f"{MAILS} mails with a PDF of {PDF_BYTES:,} bytes; goal: {GOAL} times the floor")
    print(f"{'':<40} {'mails/s':>8} {'ratio':>6}")
    for row in measure():
        print(f"{row.way:<40} {row.mails_per_second:>8.0f} {row.ratio:>6.2f}")


if __name__ == "__main__":
    main()
