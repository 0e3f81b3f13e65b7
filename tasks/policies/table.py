"""A dunning policy as TOML says it: read, checked, the version of a day chosen, and laid on top of another."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from billing.dunning import Action, Caps, LateCharges, Policy, PolicyError, Stage, Suspension, Words

RETRY_DAYS = 7  # where a version does not say: as long as a letter waits for the next one


class NotInForce(PolicyError):
    """A policy whose first version is valid later."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Stage(_Table):
    level: int
    days_overdue_at_least: int = 0
    days_after_previous_at_least: int = 0
    fee: Decimal = Field(allow_inf_nan=False)
    clause: str
    action: Action = "letter"
    words: Words = "reminder"
    recovery_cost: Decimal = Field(Decimal("0.00"), allow_inf_nan=False)
    months_of_suspension_at_least: int = 0


class _Suspension(_Table):
    days_overdue_at_least: int
    days_after_reminder_at_least: int
    clause: str = Field(min_length=1)


class _LateCharges(_Table):
    interest_per_month: Decimal = Field(allow_inf_nan=False)
    reactivation_fee: Decimal = Field(allow_inf_nan=False)
    debit_note_at_least: Decimal = Field(allow_inf_nan=False)
    charge_day: int


class _Caps(_Table):
    first_reminder: Decimal = Field(allow_inf_nan=False)
    later_reminder: Decimal = Field(allow_inf_nan=False)
    recovery_cost: Decimal = Field(allow_inf_nan=False)
    reactivation: Decimal = Field(allow_inf_nan=False)
    interest_per_year: dict[date, Decimal]


class _Version(_Table):
    valid_from: date
    source: str = Field(min_length=1)
    retry_days: int | None = None
    stage: tuple[_Stage, ...] = ()
    suspension: _Suspension | None = None
    late_charges: _LateCharges | None = None
    caps: _Caps | None = None


class _File(_Table):
    on_top_of: str = ""
    version: tuple[_Version, ...] = Field(min_length=1)


def read_policy(texts: Mapping[str, str], name: str, on: date) -> Policy:
    """The policy from the TOML texts by name. A file `on_top_of` another takes what it does not say from that one. Raises PolicyError."""
    file = _parsed(texts, name)
    version = _version(file, name, on)
    if not file.on_top_of:
        return _policy(name, version)
    if _parsed(texts, file.on_top_of).on_top_of:
        raise PolicyError(f"dunning policy {name}: on_top_of = {file.on_top_of!r}, which lies on top of another; name the lowest one")
    base = read_policy(texts, file.on_top_of, on)
    return replace(
        base,
        name=name,
        valid_from=max(base.valid_from, version.valid_from),
        source=f"{base.source}; {version.source}",
        stages=_stages(version) or base.stages,
        suspension=_suspension(name, version) or base.suspension,
        late_charges=_late_charges(version) or base.late_charges,
        caps=_caps(version) or base.caps,
        retry_days=base.retry_days if version.retry_days is None else version.retry_days,
    )


def version_days(texts: Mapping[str, str], name: str) -> tuple[date, ...]:
    """The days from which a policy is another one, from its first version on: its own and those it lies on. Raises PolicyError."""
    file = _parsed(texts, name)
    own = {version.valid_from for version in file.version}
    below = {version.valid_from for version in _parsed(texts, file.on_top_of).version} if file.on_top_of else own
    first = max(min(own), min(below))
    return tuple(sorted({first, *(day for day in own | below if day > first)}))


def _parsed(texts: Mapping[str, str], name: str) -> _File:
    if name not in texts:
        raise PolicyError(f"there is no dunning policy {name!r}; dunning_policy may be {', '.join(sorted(texts))}")
    try:
        return _File.model_validate(tomllib.loads(texts[name]))
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"dunning policy {name} is not valid TOML: {error}; mend that line") from None
    except ValidationError as error:
        problems = (f"{'.'.join(map(str, each['loc']))} = {each['input']!r}: {each['msg']}" for each in error.errors())
        raise PolicyError(f"dunning policy {name}: {'; '.join(problems)}") from None


def _version(file: _File, name: str, on: date) -> _Version:
    days = [version.valid_from for version in file.version]
    if len(set(days)) != len(days):
        raise PolicyError(f"dunning policy {name} has two versions with one valid_from; give each its own day")
    valid = [version for version in file.version if version.valid_from <= on]
    if not valid:
        raise NotInForce(f"dunning policy {name} is not in force on {on}; its first version is valid from {min(days)}")
    return max(valid, key=lambda version: version.valid_from)


def _policy(name: str, version: _Version) -> Policy:
    suspension, late_charges = _suspension(name, version), _late_charges(version)
    if suspension is None:
        raise PolicyError(f"dunning policy {name} of {version.valid_from} has no [version.suspension]; say from when it is possible")
    if late_charges is None:
        raise PolicyError(f"dunning policy {name} of {version.valid_from} has no [version.late_charges]; say what lateness costs")
    retry_days = RETRY_DAYS if version.retry_days is None else version.retry_days
    return Policy(name, version.valid_from, version.source, _stages(version), suspension, late_charges, _caps(version), retry_days)


def _stages(version: _Version) -> tuple[Stage, ...]:
    return tuple(Stage(**stage.model_dump()) for stage in version.stage)


def _suspension(name: str, version: _Version) -> Suspension | None:
    try:
        return Suspension(**version.suspension.model_dump()) if version.suspension else None
    except PolicyError as error:
        raise PolicyError(f"dunning policy {name} of {version.valid_from}: {error}") from None


def _late_charges(version: _Version) -> LateCharges | None:
    return LateCharges(**version.late_charges.model_dump()) if version.late_charges else None


def _caps(version: _Version) -> Caps | None:
    if version.caps is None:
        return None
    by_day = tuple(sorted(version.caps.interest_per_year.items()))
    return Caps(**{**version.caps.model_dump(), "interest_per_year": by_day})


__all__ = ["NotInForce", "read_policy", "version_days"]
