"""Signed mail, verified by dkimpy with the public key answered as DNS would."""

import base64
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat, PublicFormat
from pydantic import SecretStr

from tasks import delivery
from tasks.mailbox_server import MailboxServer
from tasks.message import mime_bytes, usual_headers
from tasks.outside import Outside
from tasks.settings import Settings, SettingsError, read_settings
from tasks.signing import Signer, UnsignableError, open_signer
from tests.steps.delivery_scene import Scene
from tests.steps.test_delivery_message import letter

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, password: bytes = b"") -> str:
    how = BestAvailableEncryption(password) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how).decode()


def settings(**changes: object) -> Settings:
    given: dict[str, object] = {"dkim_selector": "bills", "dkim_key": SecretStr(pem(KEY))}
    return read_settings().model_copy(update={**given, **changes})


def signed() -> bytes:
    signer = open_signer(settings())
    assert signer is not None
    headers = usual_headers(settings(), "invoices", "fr") | {"X-Invoice": "2026-000123"}
    return signer.signed(mime_bytes(letter(headers=headers)))


def dns(name: bytes, timeout: int = 5) -> bytes:
    assert name == b"bills._domainkey.operator.example."
    public = KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)


def test_the_signature_is_good_and_of_the_domain_of_the_sender() -> None:
    assert dkim.verify(signed(), dnsfunc=dns)
    tags = dict(tag.strip().split("=", 1) for tag in message_from_bytes(signed())["DKIM-Signature"].split(";"))
    assert (tags["d"], tags["s"], tags["a"], tags["c"]) == ("operator.example", "bills", "rsa-sha256", "relaxed/relaxed")
    assert "x" not in tags
    names = {name.strip().lower() for name in tags["h"].split(":")}
    assert names >= {
        "from", "to", "subject", "date", "message-id", "mime-version", "content-type", "auto-submitted", "list-id", "list-help",
        "reply-to", "x-invoice",
    }  # fmt: skip


def test_a_mail_system_that_folds_headers_and_drops_spaces_at_line_ends_does_not_break_it() -> None:
    head, _, body = signed().partition(b"\r\n\r\n")
    folded = head.replace(b"List-Help: <", b"List-Help:\r\n\t <").replace(b"X-Invoice: ", b"X-INVOICE:   ")
    assert folded != head
    assert dkim.verify(folded + b"\r\n\r\n" + body.replace(b"\r\n", b" \r\n", 3) + b"\r\n\r\n", dnsfunc=dns)


@pytest.mark.parametrize(
    "tamper",
    [
        pytest.param(lambda mail: mail.replace(b"boundary", b"Boundary", 1), id="a header changed"),
        pytest.param(lambda mail: mail.replace(b"To: a@one.example", b"To: x@one.example", 1), id="another recipient"),
        pytest.param(lambda mail: b"From: Thief <thief@operator.example>\r\n" + mail, id="a second sender on top"),
        pytest.param(lambda mail: b"Subject: New account number\r\n" + mail, id="a second subject on top"),
        pytest.param(lambda mail: mail.replace(b"T\r\n", b"U\r\n", 1), id="one character of an attachment"),
        pytest.param(lambda mail: mail + b"more\r\n", id="a line added at the end"),
        pytest.param(lambda mail: mail.replace(b" t=1", b" t=2", 1), id="another moment of signature"),
    ],
)
def test_tampering_is_found(tamper: Callable[[bytes], bytes]) -> None:
    changed = tamper(signed())
    assert changed != signed()
    assert not dkim.verify(changed, dnsfunc=dns)


def test_what_leaves_is_signed(outside: Outside, tmp_path: Path) -> None:
    scene = Scene(outside)
    run = scene.close()
    scene.payer("ALFA")
    scene.invoice(run, "ALFA", clients=("E1",))
    with MailboxServer(tmp_path / "box") as server:
        here = outside.settings.model_copy(update={"smtp_url": server.url, "dkim_selector": "bills", "dkim_key": SecretStr(pem(KEY))})
        delivery.stage(replace(outside, settings=here), run)
    (path,) = (tmp_path / "box" / "new").iterdir()
    assert dkim.verify(path.read_bytes(), dnsfunc=dns)


def test_without_selector_and_key_mail_is_not_signed() -> None:
    assert open_signer(settings(dkim_selector="", dkim_key=SecretStr(""))) is None


def test_a_key_on_one_line_as_some_environments_need_it_is_read() -> None:
    assert isinstance(open_signer(settings(dkim_key=SecretStr(pem(KEY).replace("\n", "\\n")))), Signer)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({"dkim_key": SecretStr("")}, "there is no key to sign with; set BILLING_DKIM_KEY", id="a selector without key"),
        pytest.param({"dkim_selector": ""}, "dkim_selector is ''; set it to the name", id="a key without selector"),
        pytest.param({"dkim_selector": "a b"}, "dkim_selector is 'a b'; set it", id="a selector that is no name"),
        pytest.param({"dkim_key": SecretStr("/etc/key.pem")}, "cannot be read as a private key", id="a file name instead of the key"),
        pytest.param({"dkim_key": SecretStr(pem(KEY, b"secret"))}, "give it as PEM, without a password", id="a key under a password"),
        pytest.param({"dkim_key": SecretStr(pem(rsa.generate_private_key(65537, 1024)))}, "at least 2048 bits", id="a short key"),
        pytest.param({"dkim_key": SecretStr(pem(ec.generate_private_key(ec.SECP256R1())))}, "no RSA key", id="a key of another kind"),
    ],
)
def test_a_key_that_cannot_sign_stops_before_anything_is_sent(
    outside: Outside, tmp_path: Path, changes: dict[str, object], said: str
) -> None:
    scene = Scene(outside)
    run = scene.close()
    scene.payer("ALFA")
    scene.invoice(run, "ALFA")
    given = {"dkim_selector": "bills", "dkim_key": SecretStr(pem(KEY)), **changes}
    with MailboxServer(tmp_path / "box") as server:
        here = outside.settings.model_copy(update={"smtp_url": server.url, **given})
        with pytest.raises(UnsignableError, match=said) as stopped:
            delivery.stage(replace(outside, settings=here), run)
    assert "\n" not in str(stopped.value)
    assert "PRIVATE KEY" not in str(stopped.value)
    assert list((tmp_path / "box" / "new").iterdir()) == []
    assert [state[1] for state in scene.states()] == ["pending"]


def test_the_key_is_kept_in_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "billing.toml").write_text('dkim_key = "x"\n')
    monkeypatch.setenv("BILLING_CONFIG", str(tmp_path / "billing.toml"))
    with pytest.raises(SettingsError, match="a secret is kept in no file; set BILLING_DKIM_KEY instead"):
        read_settings()
