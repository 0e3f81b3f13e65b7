"""The dunning policies: dated tables in TOML beside this file, one a name, checked when they are read."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from billing.clause import carries_out
from billing.dunning import Caps, Policy, PolicyError, Stage, Suspension

LETTERS = 2  # the levels a reminder is written for; a policy with more has no words for them


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Stage(_Table):
    level: int
    days_overdue_at_least: int
    days_after_previous_at_least: int = 0
    fee: Decimal
    clause: str


class _Suspension(_Table):
    days_overdue_at_least: int = Field(ge=1)
    days_after_reminder_at_least: int = Field(ge=0)
    clause: str = Field(min_length=1)


class _Caps(_Table):
    first_reminder: Decimal
    later_reminder: Decimal


class _Version(_Table):
    valid_from: date
    source: str = Field(min_length=1)
    stage: tuple[_Stage, ...] = ()
    suspension: _Suspension | None = None
    caps: _Caps | None = None


class _File(_Table):
    on_top_of: str = ""
    version: tuple[_Version, ...] = Field(min_length=1)


@carries_out("CG-2.d")
def policy_in_force(name: str, on: date) -> Policy:
    """The policy `name` as in force on a day: its latest version that is valid by then. Raises PolicyError."""
    return read_policy(_texts(), name, on)


def read_policy(texts: Mapping[str, str], name: str, on: date) -> Policy:
    """The policy from the TOML texts by name. A file `on_top_of` another takes what it does not say from that one."""
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
        suspension=_suspension(version) or base.suspension,
        caps=_caps(version) or base.caps,
    )


def policy_names() -> tuple[str, ...]:
    """The names that dunning_policy may have."""
    return tuple(sorted(_texts()))


def _texts() -> dict[str, str]:
    folder = files("tasks").joinpath("policies")
    return {file.name.removesuffix(".toml"): file.read_text(encoding="utf-8") for file in folder.iterdir() if file.name.endswith(".toml")}


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
        raise PolicyError(f"dunning policy {name} is not in force on {on}; its first version is valid from {min(days)}")
    return max(valid, key=lambda version: version.valid_from)


def _policy(name: str, version: _Version) -> Policy:
    suspension = _suspension(version)
    if suspension is None:
        raise PolicyError(f"dunning policy {name} of {version.valid_from} has no [version.suspension]; say from when it is possible")
    return Policy(name, version.valid_from, version.source, _stages(version), suspension, _caps(version))


def _stages(version: _Version) -> tuple[Stage, ...]:
    if len(version.stage) > LETTERS:
        raise PolicyError(f"a dunning policy of {version.valid_from} has {len(version.stage)} levels; letters exist for {LETTERS}")
    return tuple(Stage(**stage.model_dump()) for stage in version.stage)


def _suspension(version: _Version) -> Suspension | None:
    return Suspension(**version.suspension.model_dump()) if version.suspension else None


def _caps(version: _Version) -> Caps | None:
    return Caps(**version.caps.model_dump()) if version.caps else None


__all__ = ["policy_in_force", "policy_names", "read_policy"]
