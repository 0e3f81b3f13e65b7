"""Where things are and how this operator reads the terms: `billing.toml`, each value overridden by a `BILLING_*` variable."""

import difflib
import os
import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

# What the rules of a close, of orders and of corrections read; the rest says where things are and what is shown.
READ_BY_RULES = ("additions", "renewal_lead_days", "emergency_numbers", "roaming_data_cap_mb")


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
    portal: str = Field("", description="folder or fsspec URL the portal publishes from; empty = `portal` under `out`")
    workers: int = Field(2, ge=1, le=64, description="processes for rendering")

    # `billing ui`
    ui_port: int = Field(4200, ge=1, le=65535, description="of the Prefect pages, on 127.0.0.1")
    reports_port: int = Field(4201, ge=1, le=65535, description="of the pages of `out`, on 127.0.0.1")
    reports_url: str = Field("", description="where a browser finds `out`, for links in Prefect; `billing ui` sets it")
    tell: str = Field("", description="mail address that is told when a run fails; empty = nobody")

    # How the close runs
    approval: Literal["ask", "auto"] = Field("ask", description="ask = a close stops after the drafts until it is approved")
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
    dunning_policy: str = Field("contract", description="name of the policy table in force, see tasks/policies")
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

    # Mail
    mail_from: str = "billing@operator.example"
    mail_attempts: int = Field(5, ge=1)
    mail_backoff_s: Decimal = Field(Decimal("2"), ge=0)

    # Money in
    bank_accounts: tuple[str, ...] = Field((), description="IBANs whose statements are booked, besides seller_iban")
    bank_file_mb_at_most: int = Field(50, ge=1, description="a larger bank statement is refused unread")
    unmatched_share_at_most: Decimal = Field(Decimal("0.05"), ge=0, le=1, description="of the money received; more unmatched is shown")

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

    @field_validator("smtp_url")
    @classmethod
    def _known_transport(cls, value: str) -> str:
        if value and not value.startswith(("smtp://", "smtps://", "maildir:")):
            raise ValueError("expected smtp://host:port, smtps://host:port or maildir:folder")
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
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=config_file())


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
    return f"{where} = {problem['input']!r}: {problem['msg'].removeprefix('Value error, ')}"


def _nearest(name: str, known: set[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {close[0]}?" if close else "; see the list in README"
