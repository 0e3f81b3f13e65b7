"""Every PDF of the house is one for the archive (PDF/A-1b), says the same of itself in both places, and is the same bytes each time."""

import hashlib
import io
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pikepdf
import pytest
from lxml import etree
from PIL import ImageCms

from reports.archival import archival, srgb_profile
from reports.invoice_pdf import render
from reports.records import Language
from reports.wording import LANGUAGES
from tests.documents import preflight
from tests.documents.kinds import every_kind, with_head
from tests.documents.samples import SELLER, invoice

LOCALES = {"fr": "fr-BE", "nl": "nl-BE", "en": "en-GB"}
NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/", "xmp": "http://ns.adobe.com/xap/1.0/", "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
}  # fmt: skip


def said_of(pdf: bytes) -> tuple[dict[str, str], dict[str, str]]:
    """What the information dictionary and the metadata say: title, author, producer, when."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        info = {name: str(document.docinfo[f"/{name}"]) for name in ("Title", "Author", "Producer", "CreationDate", "ModDate")}
        assert len(document.docinfo) == len(info)
        packet = etree.fromstring(document.Root.Metadata.read_bytes())
    paths = {
        "Title": "dc:title//*[@*]", "Author": "dc:creator//*[local-name()='li']", "Producer": "pdf:Producer", "Created": "xmp:CreateDate",
        "Modified": "xmp:ModifyDate", "Part": "pdfaid:part", "Conformance": "pdfaid:conformance", "Language": "dc:language//*[local-name()='li']",
    }  # fmt: skip
    return info, {name: str(packet.xpath(f"string(//{path})", namespaces=NAMESPACES)) for name, path in paths.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_document_is_a_valid_file_for_the_archive(language: Language, tmp_path: Path) -> None:
    assert preflight.faults(every_kind(language), tmp_path) == {}


def test_the_checker_finds_what_is_wrong(tmp_path: Path) -> None:
    right = every_kind("fr")["invoice"]
    with pikepdf.open(io.BytesIO(right)) as document:
        del document.Root.OutputIntents
        colours_of_nothing = io.BytesIO()
        document.save(colours_of_nothing)
    found = preflight.faults({"right": right, "wrong": colours_of_nothing.getvalue(), "none": b"no PDF"}, tmp_path)
    assert set(found) == {"wrong", "none"}
    assert "2.4" in found["wrong"]  # a colour without the profile it is of


def test_the_day_of_the_document_is_its_date_at_noon_in_brussels() -> None:
    info, metadata = said_of(every_kind("nl")["invoice"])  # issued on 28 October 2026, in winter time
    assert info["CreationDate"] == info["ModDate"] == "D:20261028120000+01'00'"
    assert metadata["Created"] == metadata["Modified"] == "2026-10-28T12:00:00+01:00"
    summer, packet = said_of(render(with_head(invoice(1), issued_on=date(2026, 7, 28))))
    assert summer["CreationDate"] == "D:20260728120000+02'00'"
    assert packet["Created"] == "2026-07-28T12:00:00+02:00"


def test_a_draft_has_no_day_and_gets_always_the_same() -> None:
    info, metadata = said_of(every_kind("fr")["draft"])
    assert (info["CreationDate"], metadata["Created"]) == ("D:20000101000000+00'00'", "2000-01-01T00:00:00+00:00")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_document_says_the_same_of_itself_in_both_places(language: Language) -> None:
    for pdf in every_kind(language).values():
        info, metadata = said_of(pdf)
        assert (metadata["Part"], metadata["Conformance"], metadata["Language"]) == ("1", "B", LOCALES[language])
        assert {name: metadata[name] for name in ("Title", "Author", "Producer")} == {
            name: info[name] for name in ("Title", "Author", "Producer")
        }
        assert info["Author"] == SELLER.name


def test_a_title_with_markup_and_control_characters_stays_a_title() -> None:
    seller = replace(SELLER, name="A <b> & B\x00\x07 “Téléphonie” 😀")
    info, metadata = said_of(render(with_head(invoice(1), seller=seller)))
    assert info["Author"] == metadata["Author"] == "A <b> & B “Téléphonie” ▯"


def test_the_colour_profile_is_one_of_srgb_that_colour_software_reads() -> None:
    profile = ImageCms.ImageCmsProfile(io.BytesIO(srgb_profile())).profile
    assert (profile.profile_description, profile.version, profile.xcolor_space.strip()) == ("sRGB", 2.1, "RGB")
    as_given = [round(value, 4) for value in profile.red_primary[1]]
    assert as_given == pytest.approx([0.6485, 0.3309, 0.2225], abs=0.001)


def test_the_same_file_comes_out_each_time() -> None:
    plain = every_kind("en")["invoice"]
    made = {archival(plain, title="T", author="A", language="en-BE", made_on=date(2026, 1, 2)) for _ in range(3)}
    assert len(made) == 1
    assert archival(plain, title="U", author="A", language="en-BE", made_on=date(2026, 1, 2)) not in made


def test_every_kind_is_the_same_bytes_in_another_process_that_drew_others_before() -> None:
    code = (
        "import hashlib; from tests.documents.kinds import every_kind; every_kind('nl')\n"
        "for name, pdf in every_kind('fr').items(): print(name, hashlib.sha256(pdf).hexdigest())"
    )
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    here = {name: hashlib.sha256(pdf).hexdigest() for name, pdf in every_kind("fr").items()}
    assert dict(line.split() for line in said.splitlines()) == here
