"""Returned mails as mail systems write them, for the tests of the bounce mailbox."""

from pathlib import Path


def report(
    *blocks: str, to: str = "billing@operator.example", returned: str = "", kind: str = "message/delivery-status", words: str = "Sorry."
) -> bytes:
    """A report by RFC 3464: `blocks` are the fields of a recipient each, `returned` the headers of the mail that came back."""
    lines = [
        f"Delivered-To: {to}", "From: MAILER-DAEMON@mx.payer.example", "Subject: Undelivered Mail Returned to Sender",
        "Auto-Submitted: auto-replied", "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="=="', "Message-Id: <notice@mx.payer.example>", "",
        "--==", "Content-Type: text/plain", "", words, "",
        "--==", f"Content-Type: {kind}", "", "Reporting-MTA: dns; mx.payer.example", "", *(f"{block.strip()}\n" for block in blocks),
        "--==", "Content-Type: message/rfc822", "", returned.strip() or "Subject: what came back", "", "the text", "", "--==--", "",
    ]  # fmt: skip
    return "\n".join(lines).encode("utf-8", "surrogateescape")


def of(address: str, action: str = "failed", status: str = "5.1.1", words: str = "smtp; 550 no such user", original: str = "") -> str:
    """The fields of a recipient."""
    first = f"Original-Recipient: rfc822;{original}\n" if original else ""
    return f"{first}Final-Recipient: rfc822; {address}\nAction: {action}\nStatus: {status}\nDiagnostic-Code: {words}"


def plain(text: str, to: str = "billing@operator.example", headers: str = "") -> bytes:
    """A mail in free form."""
    return f"Delivered-To: {to}\nFrom: someone@payer.example\nSubject: about your mail\n{headers}\n{text}\n".encode()


class Postbox:
    """A Maildir that mail is dropped into, in the order of its names."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("tmp", "new", "cur"):
            (folder / name).mkdir(parents=True)

    def drop(self, content: bytes, name: str = "") -> str:
        """Put a mail there; returns its name."""
        name = name or f"{sum(1 for _ in self.folder.rglob('*')):04d}.mx"
        (self.folder / "new" / name).write_bytes(content)
        return name

    def names(self) -> list[str]:
        """What is there, by folder and name."""
        return sorted(f"{path.parent.name}/{path.name}" for path in self.folder.rglob("*") if path.is_file())


QMAIL = """\
Hi. This is the qmail-send program at mx.payer.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<alfa@payer.example>:
This address no longer accepts mail.

--- Below this line is a copy of the message.

Return-Path: <billing@operator.example>
Message-ID: <2026-000001.invoice@operator.example>
Subject: Votre facture
"""

__all__ = ["QMAIL", "Postbox", "of", "plain", "report"]
