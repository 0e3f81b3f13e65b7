"""LibreOffice as a reader of workbooks: opens a file without a window, calculates every formula anew, and writes what it made of it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

CALCULATE_ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
EVERY_SHEET_AS_SHOWN = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1"


def office() -> str:
    """The program. Skips the test where it is not installed, but in CI, where it must be."""
    found = shutil.which("soffice")
    if found is None and not os.environ.get("CI"):
        pytest.skip("LibreOffice is not installed; apt-get install libreoffice-calc")
    assert found, "LibreOffice is not installed; .ci/run does it"
    return found


def converted(file: Path, to: str, folder: Path) -> list[Path]:
    """What LibreOffice writes of a file into a folder: "xlsx", "pdf" or EVERY_SHEET_AS_SHOWN. Its profile is of this folder alone."""
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(CALCULATE_ALWAYS, encoding="utf-8")
    out = folder / to.partition(":")[0]
    command = [
        office(),
        f"-env:UserInstallation={profile.as_uri()}",
        "--headless",
        "--norestore",
        "--convert-to",
        to,
        "--outdir",
        str(out),
        str(file),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    written = sorted(out.glob("*")) if out.exists() else []
    assert written, f"LibreOffice wrote nothing: {done.stdout} {done.stderr}"
    return written
