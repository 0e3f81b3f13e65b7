"""A mail as bytes: multipart/mixed with the text in plain and HTML and the PDFs, the same bytes each time it is built.

The heavy parts are put together directly: the standard library's EmailMessage takes twelve times as long for a mail with a PDF of
60 kB. Headers go through its encoder, which folds them and encodes what is not ASCII.
"""

import base64
import hashlib
import re
from binascii import b2a_qp
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from email.header import Header
from email.utils import encode_rfc2231, format_datetime, formataddr

from billing.period import BRUSSELS
from tasks.settings import Settings

CRLF = b"\r\n"
BASE64_LINE = 76
NOON = 12
# What a mailbox may look like: RFC 5321 without quoted local parts, which no customer has, and ASCII on the left of the @.
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,253}[A-Za-z0-9])?")
MEDIA_TYPES = {"pdf": "application/pdf", "xml": "application/xml"}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that travels with a mail, under the name the reader sees."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail before it is bytes. `on` is the day of the run; `headers` come beside those every mail has, ASCII only."""

    message_id: str
    sender_name: str
    sender: str
    recipients: tuple[str, ...]
    on: date
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


def mime_bytes(letter: Letter) -> bytes:
    """The mail as it goes over the wire: lines end in CR LF, boundaries derive from the Message-ID, the date is noon in Brussels."""
    outer, inner = _boundary(letter.message_id, "mixed"), _boundary(letter.message_id, "alternative")
    parts: list[bytes] = [_headers(letter), b'Content-Type: multipart/mixed; boundary="', outer, b'"\r\n\r\n']
    parts += [b"--", outer, b'\r\nContent-Type: multipart/alternative; boundary="', inner, b'"\r\n\r\n']
    parts += [b"--", inner, CRLF, _text_part("plain", letter.text)]
    parts += [b"\r\n--", inner, CRLF, _text_part("html", letter.html), b"\r\n--", inner, b"--\r\n"]
    for attachment in letter.attachments:
        parts += [b"\r\n--", outer, CRLF, _file_part(attachment)]
    parts += [b"\r\n--", outer, b"--\r\n"]
    return b"".join(parts)


def stable_message_id(local: str, sender: str) -> str:
    """`<local@domain of the sender>`; characters an id may not hold become their hex code."""
    safe = re.sub(r"[^A-Za-z0-9.-]", lambda found: f"={ord(found[0]):x}", local)
    return f"<{safe}@{domain_of(sender)}>"


def domain_of(address: str) -> str:
    """The domain of a mail address, in ASCII."""
    return address.rpartition("@")[2].encode("idna").decode()


def usual_headers(settings: Settings, stream: str, language: str) -> dict[str, str]:
    """The headers of mail to payers, for its `stream` ("invoices", "reminders", "notices"), beside those every mail has.

    A List-Id lets the reader file it (RFC 2919). There is no List-Unsubscribe: nobody unsubscribes from what he owes; and no
    Precedence, which is no standard: Auto-Submitted (RFC 3834) says that no absence notice is wanted, and Exchange needs its own word.
    """
    return {
        "Reply-To": settings.seller_email,
        "Content-Language": language,
        "List-Id": f"<{stream}.{domain_of(settings.mail_from)}>",
        "List-Help": f"<mailto:{settings.seller_email}>",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
    }


def return_path(settings: Settings, delivery_id: int) -> str:
    """The envelope sender of a mail: where it returns to, its number in the address, `bounces+123@operator.example`.

    Without `bounce_address` it is `mail_from`, and only what the returned mail quotes tells which mail it was.
    """
    if not settings.bounce_address:
        return settings.mail_from
    local, _, domain = settings.bounce_address.rpartition("@")
    return f"{local}+{delivery_id}@{domain}"


def usable(addresses: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The addresses mail can be sent to, domains in ASCII, and those it cannot; each once, in order."""
    good: dict[str, None] = {}
    bad: dict[str, None] = {}
    for address in filter(None, (each.strip() for each in addresses)):
        local, _, domain = address.rpartition("@")
        try:
            ascii_form = f"{local}@{domain.encode('idna').decode()}"
        except UnicodeError:
            bad[address] = None
            continue
        (good if ADDRESS.fullmatch(ascii_form) else bad)[ascii_form if ADDRESS.fullmatch(ascii_form) else address] = None
    return tuple(good), tuple(bad)


def _headers(letter: Letter) -> bytes:
    lines = [
        f"Message-ID: {letter.message_id}",
        f"Date: {format_datetime(datetime(letter.on.year, letter.on.month, letter.on.day, NOON, tzinfo=BRUSSELS))}",
        f"From: {_mailbox(letter.sender_name, letter.sender)}",
        "To: " + ",\r\n ".join(letter.recipients),
        f"Subject: {_encoded('Subject', letter.subject)}",
        "MIME-Version: 1.0",
        "Auto-Submitted: auto-generated",
        *(f"{name}: {_one_line(value)}" for name, value in letter.headers.items()),
    ]
    return "\r\n".join(lines).encode("ascii") + CRLF


def _mailbox(name: str, address: str) -> str:
    clean = _one_line(name)
    return formataddr((clean, address)) if clean.isascii() else f"{_encoded('From', clean)}\r\n <{address}>"


def _encoded(header: str, value: str) -> str:
    """The value on lines of at most 78 characters; words that are not ASCII as RFC 2047 says."""
    clean = _one_line(value)
    return Header(clean, "us-ascii" if clean.isascii() else "utf-8", header_name=header).encode(linesep="\r\n")


def _one_line(value: str) -> str:
    """Without line ends: a name from the feed can never add a header."""
    return " ".join(value.split())


def _text_part(subtype: str, text: str) -> bytes:
    # The encoder breaks long lines the way the first line ends, so there is always one.
    body = "".join(f"{line}\r\n" for line in text.splitlines() or [""]).encode()
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    return head.encode() + b2a_qp(body, istext=True)


def _file_part(attachment: Attachment) -> bytes:
    name = _one_line(attachment.name).replace('"', "'").replace("\\", "_")
    shown = f'filename="{name}"' if name.isascii() else f"filename*={encode_rfc2231(name, 'utf-8')}"
    media_type = MEDIA_TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")
    head = f"Content-Type: {media_type}\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; {shown}\r\n\r\n"
    encoded = base64.b64encode(attachment.content)
    return head.encode() + CRLF.join([encoded[at : at + BASE64_LINE] for at in range(0, len(encoded), BASE64_LINE)])


def _boundary(message_id: str, part: str) -> bytes:
    """`=_` stands neither in base64 nor in quoted-printable, so no content can end a part early."""
    return b"=_" + hashlib.sha256(f"{part} {message_id}".encode()).hexdigest()[:32].encode()


__all__ = ["Attachment", "Letter", "domain_of", "mime_bytes", "return_path", "stable_message_id", "usable", "usual_headers"]
