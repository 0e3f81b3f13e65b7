"""The bytes of a mail, read back by the standard parser."""

from datetime import date
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from typing import cast

import pytest

from tasks.message import Attachment, Letter, mime_bytes, stable_message_id, usable

PDF = bytes(range(256)) * 300
HTML = '<!DOCTYPE html>\n<html lang="fr"><p style="color:#0b5f6b">Bonjour, voici « Été » – 12 345,68 €</p></html>\n'


def letter(**changes: object) -> Letter:
    given: dict[str, object] = {
        "message_id": "<2026-000123.invoice@operator.example>",
        "sender_name": "Téléphonie Ôzelle SRL",
        "sender": "billing@operator.example",
        "recipients": ("a@one.example", "b@two.example"),
        "on": date(2026, 10, 28),
        "subject": "Téléphonie Ôzelle SRL – facture 2026-000123 : 1 234,56 €, à payer pour le 27 novembre 2026 au plus tard",
        "text": "Bonjour,\n\nÀ payer : 1 234,56 €\n.\nFrom here\n  tabulated\tand trailing \n" + "long " * 60 + "\n",
        "html": HTML,
        "attachments": (Attachment("2026-000123.pdf", PDF), Attachment("2026-000123-Café.pdf", b"x")),
        "headers": {"X-Invoice": "2026-000123"},
    }
    return Letter(**{**given, **changes})  # type: ignore[arg-type]


def parsed(content: bytes) -> EmailMessage:
    return cast(EmailMessage, message_from_bytes(content, policy=policy.default))


def test_the_standard_parser_finds_every_header_as_it_was_given() -> None:
    mail = parsed(mime_bytes(letter()))
    assert mail["Message-ID"] == "<2026-000123.invoice@operator.example>"
    assert mail["From"] == "Téléphonie Ôzelle SRL <billing@operator.example>"
    assert mail["To"] == "a@one.example, b@two.example"
    assert mail["Subject"] == letter().subject
    assert mail["Date"] == "Wed, 28 Oct 2026 12:00:00 +0100"
    assert mail["X-Invoice"] == "2026-000123"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["MIME-Version"] == "1.0"
    assert mail.defects == []


def test_noon_in_summer_is_noon_in_brussels() -> None:
    assert parsed(mime_bytes(letter(on=date(2026, 7, 28))))["Date"] == "Tue, 28 Jul 2026 12:00:00 +0200"


def test_the_parts_are_text_html_and_the_files_byte_for_byte() -> None:
    mail = parsed(mime_bytes(letter()))
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/pdf", "application/pdf",
    ]  # fmt: skip
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().replace("\r\n", "\n") == letter().text
    assert html.get_content().replace("\r\n", "\n") == HTML
    files = [(part.get_filename(), part.get_content()) for part in mail.iter_attachments()]
    assert files == [("2026-000123.pdf", PDF), ("2026-000123-Café.pdf", b"x")]
    assert [part.defects for part in mail.walk() if part.defects] == []


def test_it_says_the_same_as_a_mail_made_by_the_standard_library() -> None:
    made = letter()
    theirs = EmailMessage()
    theirs["Subject"], theirs["To"] = made.subject, ", ".join(made.recipients)
    theirs.set_content(made.text)
    theirs.add_alternative(made.html, subtype="html")
    for attachment in made.attachments:
        theirs.add_attachment(attachment.content, "application", "pdf", filename=attachment.name)
    ours, again = parsed(mime_bytes(made)), parsed(theirs.as_bytes(policy=policy.SMTP))
    assert (ours["Subject"], ours["To"]) == (again["Subject"], again["To"])
    ours_leaves = [(part.get_content_type(), part.get_filename(), part.get_content()) for part in ours.walk() if not part.is_multipart()]
    theirs_leaves = [(part.get_content_type(), part.get_filename(), part.get_content()) for part in again.walk() if not part.is_multipart()]
    assert ours_leaves == theirs_leaves


def test_every_line_ends_in_cr_lf_and_is_ascii_of_at_most_78_characters_or_a_header_word() -> None:
    content = mime_bytes(letter())
    assert content.replace(b"\r\n", b"").count(b"\n") == content.replace(b"\r\n", b"").count(b"\r") == 0
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 110


def test_built_twice_it_is_the_same_bytes_and_another_id_gives_other_boundaries() -> None:
    assert mime_bytes(letter()) == mime_bytes(letter())
    other = mime_bytes(letter(message_id="<2026-000124.invoice@operator.example>"))
    assert parsed(mime_bytes(letter())).get_boundary() != parsed(other).get_boundary()


def test_a_name_with_line_ends_adds_no_header() -> None:
    headers = {"X-Invoice": "1\r\nX-Evil: 2"}
    mail = parsed(mime_bytes(letter(sender_name="Ozelle\r\nBcc: x@y.example", subject="Facture\nX-Evil: 1", headers=headers)))
    assert mail["Bcc"] is None
    assert mail["X-Evil"] is None
    assert mail["Subject"] == "Facture X-Evil: 1"


@pytest.mark.parametrize("name", ["", "Ozelle, Télécom & Fils", 'The "Best" Telecom, Inc.', "Ω" * 90])
def test_a_sender_keeps_its_name_whatever_it_holds(name: str) -> None:
    # The older parser: the newer one puts spaces between the encoded words of a long name, against RFC 2047.
    raw = message_from_bytes(mime_bytes(letter(sender_name=name)))["From"]
    shown, address = parseaddr(raw.replace("\r\n", ""))
    assert (str(make_header(decode_header(shown))), address) == (name, "billing@operator.example")


def test_a_mail_without_attachment_is_text_and_html() -> None:
    mail = parsed(mime_bytes(letter(attachments=())))
    assert [part.get_content_type() for part in mail.walk() if not part.is_multipart()] == ["text/plain", "text/html"]


@pytest.mark.parametrize(
    ("given", "good", "bad"),
    [
        ("", (), ()),
        (" ; ;", (), ()),
        ("a@b.example; c@d.example ;a@b.example", ("a@b.example", "c@d.example"), ()),
        ("compta@société.example", ("compta@xn--socit-esab.example",), ()),
        ("nobody at home;x@y.example", ("x@y.example",), ("nobody at home",)),
        ("a@b@c.example;@d.example;é@f.example;a b@c.example", (), ("a@b@c.example", "@d.example", "é@f.example", "a b@c.example")),
        ("a@b.example>\r\nRCPT TO:<x@y.example", (), ("a@b.example>\r\nRCPT TO:<x@y.example",)),
        ("a@b..example", (), ("a@b..example",)),
        ("a@b.example\x01;a@-b.example;a@b_c.example", (), ("a@b.example\x01", "a@-b.example", "a@b_c.example")),
    ],
)
def test_addresses_are_used_when_mail_can_be_sent_to_them(given: str, good: tuple[str, ...], bad: tuple[str, ...]) -> None:
    assert usable(given.split(";")) == (good, bad)


def test_a_message_id_derives_from_the_number_and_the_domain_of_the_seller() -> None:
    assert stable_message_id("2026-000123.invoice", "billing@operator.example") == "<2026-000123.invoice@operator.example>"
    assert stable_message_id("CL é/1", "b@société.example") == "<CL=20=e9=2f1@xn--socit-esab.example>"
