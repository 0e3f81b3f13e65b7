"""The dunning policies: dated tables in TOML, one a name, checked when they are read.

Those shipped lie beside this file; an operator's own lie in the folder of the setting `policy_folder`, in the same format.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from importlib.resources import files
from pathlib import Path

from billing.clause import carries_out
from billing.dunning import Policy, PolicyError
from tasks.policies.table import NotInForce, read_policy, version_days


@carries_out("CG-2.d")
def policy_in_force(name: str, on: date, folder: str = "") -> Policy:
    """The policy `name` as in force on a day: its latest version that is valid by then. Raises PolicyError."""
    return read_policy(_texts(folder), name, on)


def policy_versions(name: str, on: date, folder: str = "") -> tuple[tuple[date, Policy], ...]:
    """The policy `name` as it was from each day on which it changed up to a day, oldest first. Raises PolicyError."""
    texts = _texts(folder)
    return tuple((day, read_policy(texts, name, day)) for day in version_days(texts, name) if day <= on)


def policy_names(folder: str = "") -> tuple[str, ...]:
    """The names a policy may have: of those shipped, and of those in the operator's folder. Raises PolicyError."""
    return tuple(sorted(_texts(folder)))


def policies_in_force(on: date, folder: str = "") -> tuple[Policy, ...]:
    """Every policy with a version in force on a day, by name. Raises PolicyError when one cannot be used."""
    texts = _texts(folder)
    found: list[Policy] = []
    for name in sorted(texts):
        with suppress(NotInForce):  # one prepared for later hinders nobody today
            found.append(read_policy(texts, name, on))
    return tuple(found)


def _texts(folder: str) -> Mapping[str, str]:
    tables = (file for file in files(__name__).iterdir() if file.name.endswith(".toml"))
    shipped = {file.name.removesuffix(".toml"): file.read_text("utf-8") for file in tables}
    return {**shipped, **_own(Path(folder), shipped)} if folder else shipped


def _own(folder: Path, shipped: Mapping[str, str]) -> dict[str, str]:
    if not folder.is_dir():
        raise PolicyError(f"policy_folder names {folder}, which is no folder; create it or empty the setting")
    own: dict[str, str] = {}
    for file in sorted(folder.glob("*.toml")):
        if file.stem in shipped:
            raise PolicyError(f"{file} has the name of a policy that is shipped; give yours another name")
        try:
            own[file.stem] = file.read_text("utf-8")
        except UnicodeDecodeError:
            raise PolicyError(f"{file} is not written in UTF-8; save it so") from None
    return own


__all__ = ["policies_in_force", "policy_in_force", "policy_names", "policy_versions", "read_policy"]
