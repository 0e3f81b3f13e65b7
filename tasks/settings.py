"""Where things are and how this operator reads the terms: `billing.toml`, each value overridden by a `BILLING_*` variable."""

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from tasks.e_invoice.finding import RulesRefused
from tasks.e_invoice.master_data import fault_of_seller_vat, is_iban
from tasks.e_invoice.schematron import WAY_OUT, stylesheet_of

# What the rules of a close, of orders and of corrections read; the rest says where things are and what is shown.
READ_BY_RULES = (
    "additions", "renewal_lead_days", "emergency_numbers", "roaming_data_cap_mb", "interest", "dunning_policy", "dunning_policies",
)  # fmt: skip

SECRETS = ("platform_secret", "tell_secret", "access_point_token", "bounce_mailbox_password", "dkim_key")
ONE_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]+")  # an address of ours, in ASCII
# What the journal books, by purpose.
Account = Literal[
    "receivables", "vat", "deferred_income", "accrued_income", "revenue", "late_interest", "late_fees", "bank", "deposits", "on_account",
    "unmatched", "write_offs",
]  # fmt: skip
LOCALHOST = frozenset({"localhost", "127.0.0.1", "::1"})


class SettingsError(Exception):
    """A setting that cannot be used; the message names the setting, its value and what is expected."""


class Settings(BaseSettings):
    """Typed settings. Nothing agreed with a customer is here: that comes with the feed or the dated policies."""

    model_config = SettingsConfigDict(env_prefix="BILLING_", extra="forbid", frozen=True)

    # Where
    database_url: str = Field("", description="PostgreSQL 15 or later; empty = embedded, under `state`")
    state: Path = Field(Path(".state"), description="folder of the embedded database and of other state")
    feed: str = Field("feed", description="folder or fsspec URL of the input tables")
    out: str = Field("out", description="folder or fsspec URL of the results")
    smtp_url: str = Field("", description="smtp://host:port, smtps://…, or maildir:folder; empty = maildir under `state`")
    smtp_starttls: Literal["never", "if_offered", "required"] = "if_offered"
    smtp_ca: str = Field("", description="file of the certificates (PEM) that the mail server is trusted by; empty = the system's")
    portal: str = Field("", description="folder or fsspec URL the portal publishes from; empty = `portal` under `out`")
    workers: int = Field(2, ge=1, le=64, description="processes for rendering")

    # `billing ui`
    ui_port: int = Field(4200, ge=1, le=65535, description="of the Prefect pages, on 127.0.0.1")
    reports_port: int = Field(4201, ge=1, le=65535, description="of the pages of `out`, on 127.0.0.1")
    reports_url: str = Field("", description="where a browser finds `out`, for links in Prefect; `billing ui` sets it")
    tell: str = Field("", description="mail address that is told when a run fails, is late or waits for approval; empty = nobody")
    tell_webhook: str = Field("", description="https://… that is told the same as JSON; empty = none")
    tell_secret: SecretStr = Field(
        SecretStr(""), description="signs what tell_webhook is told; from the environment, BILLING_TELL_SECRET; empty = not signed"
    )

    # How the close runs
    approval: Literal["ask", "auto"] = Field("ask", description="ask = a close stops after the drafts until it is approved")
    approvals_needed: int = Field(1, ge=1, le=2, description="2 = two different people approve the same drafts (four eyes)")
    approvers: tuple[str, ...] = Field((), description="who may approve, by the names of the form; empty = whoever can open it")
    approval_hours: int = Field(
        72, ge=1, le=24 * 28, description="hours people have to decide about the drafts; after it the close is run again"
    )
    approval_reminder_hours: int = Field(24, ge=1, description="hours after which they are reminded, and then again")
    close_day: int = Field(28, ge=1, le=28)
    unrated_share_at_most: Decimal = Field(Decimal("0.01"), ge=0, le=1)
    parked_share_at_most: Decimal = Field(Decimal("0.05"), ge=0, le=1)
    rejected_share_at_most: Decimal = Field(Decimal("0.05"), ge=0, le=1)
    count_change_at_most: Decimal = Field(Decimal("0.25"), ge=0, description="a line whose count moves by a larger share is shown")
    snapshot_age_days_at_most: int = Field(31, ge=0, description="an older inventory snapshot stops the close")
    call_price_at_most: Decimal = Field(Decimal("100"), ge=0, description="EUR; a dearer call is shown")
    failed_share_at_most: Decimal = Field(Decimal("0.05"), ge=0, le=1, description="more failed deliveries stop the close")

    # How the terms are read (see the decisions of the clause register)
    additions: Literal["next_period", "pro_rata"] = Field("next_period", description="BT-2.g")
    interest: Literal["completed_months", "daily"] = Field("completed_months", description="CG-2.e")
    dunning_policy: str = Field("contract", description="policy table of payers whose segment has none of its own, see tasks/policies")
    dunning_policies: dict[Annotated[str, Field(min_length=1)], str] = Field(
        default_factory=dict, description="policy table by segment (segments.csv)"
    )
    policy_folder: str = Field("", description="folder with further policy tables, in the format of tasks/policies; empty = none")
    renewal_lead_days: int = Field(14, ge=0, description="WM-2.b: days before a renewal its invoice is made")
    emergency_numbers: tuple[str, ...] = (
        "100",
        "101",
        "102",
        "103",
        "105",
        "106",
        "107",
        "108",
        "110",
        "112",
        "116000",
        "116111",
        "116117",
        "1722",
        "1733",
    )
    roaming_data_cap_mb: dict[date, Annotated[int, Field(ge=0)]] = Field(
        default_factory=dict, description="GC-6.2: MB of roaming data a user has a month at most; by the day each cap is valid from"
    )
    fair_use_domestic_share_at_most: Decimal = Field(
        Decimal("0.10"), ge=0, le=1, description="GC-6.1 a: domestic use up to this share of all use is insignificant"
    )
    fair_use_inactive_days_at_least: int = Field(60, ge=1, description="GC-6.1 b: days in a row without domestic use that are long")
    fair_use_sims_at_least: int = Field(3, ge=2, description="GC-6.1 c: SIMs of a line roaming one after another")
    masked_digits: int = Field(3, ge=0, le=9, description="last digits of called numbers hidden in the call detail")

    qr_reference: Literal["digits", "structured"] = Field(
        "digits", description="the communication in the QR code: its twelve digits, or +++…+++ as it is printed"
    )
    logo: str = Field("", description="PNG or JPEG file of the seller's logo for the letterhead; empty = the name alone")

    # Mail
    mail_from: str = "billing@operator.example"
    mail_attempts: int = Field(5, ge=1)
    mail_backoff_s: Decimal = Field(Decimal("2"), ge=0)
    mail_mb_at_most: Decimal = Field(Decimal("10"), gt=0, description="a larger mail goes without attachments, with a link to the portal")
    mails_per_minute_at_most: int = Field(0, ge=0, description="0 = as fast as the server takes them")
    mail_with_e_invoice: bool = Field(True, description="attach the e-invoice (UBL) to the mail of an invoice")
    bounce_address: str = Field(
        "", description="mails return to this address with their number in it (bounces+123@…); empty = to mail_from"
    )
    bounce_mailbox: str = Field("", description="where returned mail is read: maildir:folder or imaps://user@host/folder; empty = nowhere")
    bounce_mailbox_password: SecretStr = Field(SecretStr(""), description="from the environment, BILLING_BOUNCE_MAILBOX_PASSWORD")
    dkim_selector: str = Field("", description="mails are signed under this selector of the domain of mail_from; empty = not signed")
    dkim_key: SecretStr = Field(SecretStr(""), description="the private key (PEM) that signs mail; from the environment, BILLING_DKIM_KEY")

    # E-invoices (Peppol BIS Billing 3.0)
    access_point_token: SecretStr = Field(
        SecretStr(""), description="bearer token of the access point; from the environment, BILLING_ACCESS_POINT_TOKEN"
    )
    access_point_url: str = Field(
        "", description="https://… of the access point, or a folder or fsspec URL e-invoices are put in; empty = `peppol` under `out`"
    )
    access_point_ca: str = Field("", description="file of the certificates (PEM) that the access point is trusted by; empty = the system's")
    access_point_timeout_s: Decimal = Field(Decimal("30"), gt=0)
    access_point_attempts: int = Field(4, ge=1)
    access_point_backoff_s: Decimal = Field(Decimal("2"), ge=0)
    peppol_rules: str = Field(
        "", description="the operator's copy of the Peppol rules (PEPPOL-EN16931-UBL.sch, or its XSLT); empty = the rules of EN 16931 alone"
    )

    # Portal and archive
    portal_url: str = Field("", description="https://… under which `portal` is served, for links in mails; empty = no links")
    archive: str = Field("", description="folder or fsspec URL every document is kept in, by content; empty = `archive` under `out`")

    # Money in
    bank_accounts: tuple[str, ...] = Field((), description="IBANs whose statements are booked, besides seller_iban")
    bank_file_mb_at_most: int = Field(50, ge=1, description="a larger bank statement is refused unread")
    unmatched_share_at_most: Decimal = Field(Decimal("0.05"), ge=0, le=1, description="of the money received; more unmatched is shown")
    statement_working_days_at_most: int = Field(
        1, ge=1, description="bank statements that reach up to fewer days before stop dunning: working days before its day"
    )

    # Suspension orders to the platform
    suspension_approval: Literal["finance", "automatic"] = Field(
        "finance", description="who approves an order for late payment (GC-9.1.a); grounds of a deposit always wait for finance"
    )
    suspension_rest_days: int = Field(30, ge=1, description="a ground that finance rejected is not proposed again for so long")
    platform_secret: SecretStr = Field(
        SecretStr(""), description="signs what is sent to a webhook; from the environment, BILLING_PLATFORM_SECRET"
    )
    platform_url: str = Field(
        "", description="https://… of the platform's webhook, or a folder or fsspec URL for order files; empty = `orders` under `out`"
    )
    platform_ca: str = Field("", description="file of the certificates (PEM) that the webhook is trusted by; empty = those of the system")
    platform_timeout_s: Decimal = Field(Decimal("10"), gt=0)
    platform_attempts: int = Field(4, ge=1)
    platform_backoff_s: Decimal = Field(Decimal("2"), ge=0)

    # Books: accounts of the Belgian chart (PCMN) that the journal uses; a product's revenue_account comes first
    accounts: dict[Account, Annotated[str, Field(pattern=r"^[0-9]{3,10}$")]] = Field(
        default_factory=dict, description="account by purpose, where it is not the shipped one"
    )
    account_by_service: dict[str, Annotated[str, Field(pattern=r"^7[0-9]{2,9}$")]] = Field(
        default_factory=dict, description="revenue account by service, for products without one"
    )

    # Direct debit
    collection_lead_days: int = Field(5, ge=1, le=30, description="TARGET days before a debit its file is made")
    collection_notice_days: int = Field(14, ge=1, le=60, description="days between an invoice and the debit that it announces, at least")

    # Who invoices
    seller_name: str = "Example Cloud Telephony SRL"
    seller_street: str = "Avenue de l'Exemple 1"
    seller_city: str = "1000 Bruxelles"
    seller_vat: str = "BE0123456749"
    seller_register: str = "RPM Bruxelles"
    seller_iban: str = "BE71096123456769"
    seller_bic: str = "GKCCBEBB"
    seller_email: str = "billing@operator.example"
    seller_website: str = "www.operator.example"
    seller_creditor_id: str = Field("BE81ZZZ0123456749", description="SEPA creditor identifier that accounts are debited under")

    @property
    def own_accounts(self) -> frozenset[str]:
        """The IBANs of the operator, without spaces."""
        return frozenset(iban.replace(" ", "").upper() for iban in (self.seller_iban, *self.bank_accounts))

    def of_the_rules(self) -> dict[str, Any]:
        """The settings that a step's rules read, as JSON values: noted with each step, so that it can be recomputed later."""
        return self.model_dump(mode="json", include=set(READ_BY_RULES))

    def with_rules(self, noted: Mapping[str, object]) -> "Settings":
        """These settings, with those of the rules as a step noted them. Raises ValueError naming one that cannot be read."""
        return Settings(**{**self.model_dump(), **{name: noted[name] for name in READ_BY_RULES if name in noted}})

    @field_validator("database_url")
    @classmethod
    def _only_postgresql(cls, value: str) -> str:
        if value and not value.startswith(("postgresql://", "postgresql+psycopg://", "postgres://")):
            raise ValueError("expected postgresql://user@host/database, or nothing for the embedded database")
        return value

    @field_validator("seller_creditor_id")
    @classmethod
    def _creditor_of_belgium(cls, value: str) -> str:
        """ISO 7064 mod 97 over the enterprise number, `BE` and the check digits; the business code in between does not count."""
        found = re.fullmatch(r"BE([0-9]{2})[A-Z0-9]{3}([0-9]{10})", value.replace(" ", ""))
        if not found or int(f"{found[2]}1114{found[1]}") % 97 != 1:
            raise ValueError("expected the creditor identifier that the bank gave, as BE81ZZZ0123456749; check its digits")
        return value.replace(" ", "")

    @field_validator("smtp_url")
    @classmethod
    def _known_transport(cls, value: str) -> str:
        if value and not value.startswith(("smtp://", "smtps://", "maildir:")):
            raise ValueError("expected smtp://host:port, smtps://host:port or maildir:folder")
        return value

    @field_validator("mail_from", "seller_email", "bounce_address", "tell")
    @classmethod
    def _one_address(cls, value: str, info: ValidationInfo) -> str:
        if not ONE_ADDRESS.fullmatch(value) and (value or info.field_name not in {"bounce_address", "tell"}):
            raise ValueError("expected one mail address, as billing@operator.example")
        return value

    @field_validator("tell_webhook")
    @classmethod
    def _safe_webhook(cls, value: str) -> str:
        try:
            url = urlsplit(value)
            host, user, _ = url.hostname, url.username, url.port
        except ValueError as error:
            raise ValueError(f"not a URL ({error}); expected https://host/path, or nothing") from error
        if value and (url.scheme not in {"http", "https"} or host is None or user is not None):
            raise ValueError("expected https://host/path without user and password, or nothing")
        if url.scheme == "http" and host not in LOCALHOST:
            raise ValueError("notices leave by https:// only; http:// is for a program on this machine")
        return value

    @field_validator("portal_url")
    @classmethod
    def _address_of_the_portal(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", value):
            raise ValueError("expected https://host/path, the address the portal is served at, or nothing")
        return value

    @field_validator("bounce_mailbox")
    @classmethod
    def _known_mailbox(cls, value: str) -> str:
        if value and not value.startswith("maildir:"):
            url = urlsplit(value)
            if url.scheme != "imaps" or url.hostname is None or url.port == 0 or url.username is None or url.password is not None:
                raise ValueError(
                    "expected maildir:folder or imaps://user@host/folder; its password is BILLING_BOUNCE_MAILBOX_PASSWORD, not in here"
                )
        return value

    @field_validator("platform_url")
    @classmethod
    def _safe_platform(cls, value: str, info: ValidationInfo) -> str:
        return _safe_url(value, info, "platform_secret", "orders", "a platform", "a webhook needs a secret to sign orders with")

    @field_validator("access_point_token")
    @classmethod
    def _token_for_a_header(cls, value: SecretStr) -> SecretStr:
        if not re.fullmatch(r"[!-~]*", value.get_secret_value()):
            raise ValueError("expected the token alone: letters, digits and signs without blanks or line ends")
        return value

    @field_validator("access_point_url")
    @classmethod
    def _safe_access_point(cls, value: str, info: ValidationInfo) -> str:
        return _safe_url(value, info, "access_point_token", "e-invoices", "an access point", "an access point needs a token to know us by")

    @field_validator("platform_ca", "access_point_ca")
    @classmethod
    def _certificates_are_there(cls, value: str) -> str:
        if value and not Path(value).is_file():
            raise ValueError("expected a file of certificates (PEM), or nothing for those of the system; there is no such file")
        return value

    @field_validator("peppol_rules")
    @classmethod
    def _rules_can_be_used(cls, value: str) -> str:
        if value:
            try:
                stylesheet_of(Path(value))
            except RulesRefused as refused:
                raise ValueError(f"{refused}; {WAY_OUT}") from None
        return value

    @field_validator("seller_vat")
    @classmethod
    def _vat_number_of_belgium(cls, value: str) -> str:
        if fault := fault_of_seller_vat(value):
            raise ValueError(f"{fault}; expected the Belgian VAT number of the seller, as BE0123456749")
        return value

    @field_validator("seller_iban")
    @classmethod
    def _account_with_right_digits(cls, value: str) -> str:
        if not is_iban(value):
            raise ValueError("expected the IBAN that invoices are paid to, as BE71096123456769; check its digits")
        return value

    @classmethod
    def settings_customise_sources(  # noqa: D102  # pydantic calls it
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        file = TomlConfigSettingsSource(settings_cls, toml_file=config_file())
        for name in SECRETS:
            if name in file.toml_data:
                raise SettingsError(f"`{name}` in {config_file()}: a secret is kept in no file; set BILLING_{name.upper()} instead")
        return init_settings, env_settings, file


def _safe_url(value: str, info: ValidationInfo, secret_name: str, what: str, whom: str, needs: str) -> str:
    """A folder, an fsspec URL, or an https:// URL without user and password whose secret is set. Raises ValueError, in words."""
    try:
        url = urlsplit(value)
        host, user, _ = url.hostname, url.username, url.port
    except ValueError as error:
        raise ValueError(f"not a URL ({error}); expected https://host/path, a folder or an fsspec URL") from error
    if url.scheme not in {"http", "https"}:
        return value
    if host is None or user is not None:
        raise ValueError(f"expected https://host/path, without user and password: {what} go with {secret_name}")
    if url.scheme == "http" and host not in LOCALHOST:
        raise ValueError(f"{what} leave by https:// only; http:// is for {whom} on this machine")
    secret = info.data.get(secret_name)
    if secret is None or not secret.get_secret_value():
        raise ValueError(f"{needs}; set it in the environment as BILLING_{secret_name.upper()}")
    return value


def config_file() -> Path:
    """The file settings are read from: `BILLING_CONFIG`, else billing.toml in the current folder."""
    return Path(os.environ.get("BILLING_CONFIG", "billing.toml"))


def read_settings(**given: object) -> Settings:
    """The settings in force. Raises SettingsError naming each wrong one, its value and what is expected."""
    _refuse_unknown_variables()
    if "BILLING_CONFIG" in os.environ and not config_file().is_file():
        raise SettingsError(f"BILLING_CONFIG names {config_file()}, which is not there; create it or unset the variable")
    try:
        return Settings(**given)  # type: ignore[arg-type]  # the values are validated by the call itself
    except ValidationError as error:
        raise SettingsError("; ".join(_explained(problem) for problem in error.errors())) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{config_file()} is not valid TOML: {error}; mend that line") from None


def _refuse_unknown_variables() -> None:
    known = {f"BILLING_{name.upper()}" for name in Settings.model_fields} | {"BILLING_CONFIG", "BILLING_PREFECT", "BILLING_HOME"}
    for name in sorted(os.environ):
        if name.startswith("BILLING_") and name not in known:
            raise SettingsError(f"unknown setting {name}{_nearest(name, known)}")


def _explained(problem: object) -> str:
    assert isinstance(problem, dict)
    name = str(problem["loc"][0]) if problem["loc"] else "settings"
    if problem["type"] == "extra_forbidden":
        return f"unknown setting `{name}` in {config_file()}{_nearest(name, set(Settings.model_fields))}"
    where = f"BILLING_{name.upper()}" if f"BILLING_{name.upper()}" in os.environ else f"`{name}` in {config_file()}"
    if name in SECRETS:
        return f"{where}: {problem['msg'].removeprefix('Value error, ')}"
    value = re.sub(r"(?<=://)([^/@:]*):[^/@]*@", r"\1:…@", repr(problem["input"]))  # a password in a URL is shown to nobody
    return f"{where} = {value}: {problem['msg'].removeprefix('Value error, ')}"


def _nearest(name: str, known: set[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {close[0]}?" if close else "; see the list in README"
