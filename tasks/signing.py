"""DKIM signatures (RFC 6376): rsa-sha256, relaxed/relaxed, by the domain of the sender."""

import re
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from dkim import DKIM

from tasks.ledger import Stopped
from tasks.message import domain_of
from tasks.settings import Settings

# Signed where they are; those of ONCE also once more than they are, so that nobody can add another (RFC 6376, 8.15).
SIGNED = (
    "From", "To", "Subject", "Date", "Message-ID", "Reply-To", "MIME-Version", "Content-Type", "Content-Language", "Auto-Submitted",
    "X-Auto-Response-Suppress", "List-Id", "List-Help", "X-Invoice", "X-Reminder",
)  # fmt: skip
ONCE = ("From", "To", "Subject", "Date", "Reply-To", "Content-Type")
LEAST_BITS = 2048


class UnsignableError(Stopped):
    """Mail is to be signed and cannot be: nothing is sent."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs mails under a selector of a domain."""

    domain: str
    selector: str
    pem: bytes = field(repr=False)

    def signed(self, content: bytes) -> bytes:
        """The mail with its signature on top, which never expires, since invoices are kept. It names the second it was made."""
        names = {line.partition(b":")[0].strip().lower().decode() for line in content.partition(b"\r\n\r\n")[0].split(b"\r\n")}
        there = [name for name in SIGNED if name.lower() in names]
        signature: bytes = DKIM(content).sign(
            self.selector.encode(),
            self.domain.encode(),
            self.pem,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=[name.encode() for name in (*there, *ONCE)],
        )
        return signature + content


def open_signer(settings: Settings) -> Signer | None:
    """Who signs mail as the settings say; None when mail is not signed. Raises UnsignableError for a key that cannot be used."""
    pem = settings.dkim_key.get_secret_value().replace("\\n", "\n")
    if not settings.dkim_selector and not pem:
        return None
    if not pem:
        raise UnsignableError(
            f"dkim_selector is {settings.dkim_selector!r} and there is no key to sign with; set BILLING_DKIM_KEY to the private key (PEM)"
        )
    if not re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,61}[A-Za-z0-9])?", settings.dkim_selector):
        raise UnsignableError(
            f"dkim_selector is {settings.dkim_selector!r}; set it to the name under which the public key stands in DNS, as invoices-2026"
        )
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError) as error:
        raise UnsignableError("BILLING_DKIM_KEY cannot be read as a private key; give it as PEM, without a password") from error
    if not isinstance(key, RSAPrivateKey) or key.key_size < LEAST_BITS:
        raise UnsignableError(f"BILLING_DKIM_KEY is no RSA key of at least {LEAST_BITS} bits, which every mail system checks; make one")
    return Signer(domain_of(settings.mail_from), settings.dkim_selector, pem.encode())


__all__ = ["Signer", "UnsignableError", "open_signer"]
