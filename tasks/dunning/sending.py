"""Letters drawn, put in the store and sent: by mail with the PDF attached, or on the portal with the same words."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import sql
from reports.letter_pdf import render_letter
from reports.mail_text import letter_mail
from reports.records import LetterRecord
from tasks.dunning.recording import Letter
from tasks.ledger import Stopped
from tasks.message import Attachment, mime_bytes, usual_headers
from tasks.message import Letter as Mail
from tasks.outbox import send_all
from tasks.outside import Outside
from tasks.portal import letter_name, publish, reminder_name
from tasks.store import StoreFailed


@dataclass(frozen=True, slots=True)
class Drawn:
    """A letter as it is sent: its record, and the hash of its PDF in the store."""

    record: LetterRecord
    sha256: str


def draw(outside: Outside, letters: Mapping[Letter, LetterRecord]) -> dict[Letter, Drawn]:
    """Draw the PDF of each letter into the store and note its hash. Raises StoreFailed, and Stopped for a letter that cannot be drawn."""
    drawn = {}
    for letter, record in letters.items():
        try:
            content = render_letter(record)
        except (ValueError, KeyError) as error:
            raise Stopped(f"the letter to payer {letter.payer_id} cannot be drawn: {error}; mend that and run dunning again") from error
        drawn[letter] = Drawn(record, outside.out.write(letter.path, content).sha256)
    with outside.engine.begin() as conn:
        sql.write_each(conn, "dunning/note_file", [{"notice_id": letter.notice_id, "sha256": one.sha256} for letter, one in drawn.items()])
    return drawn


def send(outside: Outside, drawn: Mapping[Letter, Drawn]) -> None:
    """Publish and mail the letters, each settled right after its answer; what was not sent stays pending.

    Raises MailUnavailable, and StoreFailed where the portal cannot be written: the mails leave all the same.
    """
    portal_is_down: StoreFailed | None = None
    try:
        for letter in drawn:
            if letter.channel == "portal":
                _publish(outside, letter, drawn[letter])
    except StoreFailed as error:
        portal_is_down = error

    def compose(letter: Letter, recipients: tuple[str, ...]) -> list[bytes]:
        return [mime_bytes(_mail(outside, letter, drawn[letter], recipients))]

    send_all(outside, [letter for letter in drawn if letter.channel == "email"], compose)
    if portal_is_down is not None:
        raise portal_is_down


def _mail(outside: Outside, letter: Letter, drawn: Drawn, recipients: tuple[str, ...]) -> Mail:
    words, notice = letter_mail(drawn.record), letter.decision.notice
    return Mail(
        message_id=letter.message_id,
        sender_name=outside.settings.seller_name,
        sender=outside.settings.mail_from,
        recipients=recipients,
        on=notice.noticed_on,
        subject=words.subject,
        text=words.text,
        html=words.html,
        attachments=(Attachment(letter_name(notice.noticed_on, notice.level), _pdf(outside, letter, drawn)),),
        headers=usual_headers(outside.settings, "reminders", drawn.record.payer.language) | {"X-Reminder": f"level {notice.level}"},
    )


def _publish(outside: Outside, letter: Letter, drawn: Drawn) -> None:
    words, notice = letter_mail(drawn.record), letter.decision.notice
    files = {
        letter_name(notice.noticed_on, notice.level): _pdf(outside, letter, drawn),
        reminder_name(notice.noticed_on, notice.level): f"{words.subject}\n\n{words.text}".encode(),
    }
    publish(outside, letter.payer_id, files, [letter.delivery_id])


def _pdf(outside: Outside, letter: Letter, drawn: Drawn) -> bytes:
    """The PDF as it was drawn: a file changed since is not sent."""
    content = outside.out.read(letter.path)
    if hashlib.sha256(content).hexdigest() != drawn.sha256:
        raise Stopped(f"{outside.out.url(letter.path)} is not the letter that was drawn; run dunning again")
    return content


__all__ = ["Drawn", "draw", "send"]
