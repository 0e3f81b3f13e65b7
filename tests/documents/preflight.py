"""Asks Apache PDFBox whether files are PDF/A-1b, many of them in one Java process."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

JARS = ("preflight", "pdfbox2", "fontbox2", "xmpbox", "commons-logging", "javax.activation", "jaxb-api")
FOLDER = Path("/usr/share/java")
VERDICT = re.compile(r"^The file (\S+)\.pdf is (not )?a valid PDF/A-1b file", re.MULTILINE)


def checker() -> list[str]:
    """The command that checks the files of a folder; without it, a reason to skip except where the tests are to prove something."""
    java, jars = shutil.which("java"), [FOLDER / f"{name}.jar" for name in JARS]
    if java is None or not all(jar.is_file() for jar in jars):
        if not os.environ.get("CI"):
            pytest.skip(
                "no PDFBox preflight on this machine; install libpdfbox2-java, libactivation-java, libjaxb-api-java and a Java runtime"
            )
        pytest.fail("PDFBox preflight is not installed; .ci/run installs it")
    return [str(java), "-cp", os.pathsep.join(map(str, jars)), "org.apache.pdfbox.preflight.Validator_A1b", "batch"]


def faults(documents: Mapping[str, bytes], folder: Path) -> dict[str, str]:
    """What the checker has against each document, by name; nothing for one that is PDF/A-1b. Each is written to `folder` first."""
    command = checker()
    for name, pdf in documents.items():
        (folder / f"{name}.pdf").write_bytes(pdf)
    said = subprocess.run([*command, str(folder)], capture_output=True, text=True, timeout=300, check=False).stdout
    found = list(VERDICT.finditer(said))
    ends = [match.start() for match in found[1:]] + [len(said)]
    told = {match[1]: said[match.end() : end].strip(" ,\n") if match[2] else "" for match, end in zip(found, ends, strict=True)}
    return {name: told.get(name, "it was not checked") for name in documents if told.get(name, "it was not checked")}
