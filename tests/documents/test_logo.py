"""The seller's logo on the letterhead: any PNG or JPEG, flat, in each document once; one that cannot be printed stops before it draws."""

import io
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader

from reports import typefaces
from reports.invoice_pdf import render
from reports.logo import LogoRefused, logo
from tasks import documents
from tasks.ledger import Run, Stopped
from tasks.outside import Outside
from tests.documents import closed_month, preflight
from tests.documents.kinds import every_kind, picture, with_head
from tests.documents.reading import pages, photographed
from tests.documents.samples import SELLER, invoice

RED = (200, 30, 30)


def drawn_with(content: bytes) -> bytes:
    return render(with_head(invoice(4), seller=replace(SELLER, logo=logo(content))))


def pixels(content: bytes) -> np.ndarray:  # type: ignore[type-arg]
    found = logo(content)
    return np.frombuffer(zlib.decompress(found.packed), np.uint8).reshape(found.height, found.width, 3)


@pytest.mark.parametrize(
    ("mode", "form"),
    [("RGBA", "PNG"), ("RGB", "PNG"), ("P", "PNG"), ("L", "PNG"), ("1", "PNG"), ("RGB", "JPEG"), ("CMYK", "JPEG"), ("L", "JPEG")],
)
def test_a_logo_of_any_kind_is_drawn_in_colours_of_the_page_for_the_archive(mode: str, form: str, tmp_path: Path) -> None:
    pdf = drawn_with(picture(mode, form=form))
    assert preflight.faults({"logo": pdf}, tmp_path) == {}
    (embedded,) = PdfReader(io.BytesIO(pdf)).pages[0].images
    assert embedded.image is not None
    assert embedded.image.mode == "RGB"


def test_what_is_transparent_in_a_logo_is_white_on_paper() -> None:
    shown = pixels(picture())
    assert tuple(shown[5, 5]) == (255, 255, 255)
    assert tuple(shown[5, shown.shape[1] * 3 // 8]) == RED


def test_sixteen_bits_of_grey_keep_their_brightness() -> None:
    file = io.BytesIO()
    Image.fromarray(np.full((40, 80), 0x8000, dtype=np.uint16)).save(file, "PNG")
    assert int(pixels(file.getvalue())[3, 3, 0]) == pytest.approx(128, abs=1)


@pytest.mark.parametrize(
    ("size", "points"),
    [
        pytest.param((600, 120), (170, 34), id="five times as wide as high"),
        pytest.param((400, 400), (34, 34), id="square"),
        pytest.param((3000, 100), (170, 5.7), id="a long line"),
        pytest.param((40, 8), (170, 34), id="of few pixels"),
    ],
)
def test_a_logo_is_as_large_as_the_letterhead_has_room_for(size: tuple[int, int], points: tuple[float, float]) -> None:
    assert logo(picture(size=size)).size == pytest.approx(points, abs=0.6)


def test_the_logo_stands_above_the_name_of_the_seller_who_is_named_still() -> None:
    pdf = every_kind("fr")["invoice_with_logo"]
    assert "Example Cloud Telephony SRL Avenue de l’Exemple 1" in pages(pdf)[0]
    plain, with_it = photographed(every_kind("fr")["invoice"], 72), photographed(pdf, 72)
    corner = np.s_[28:62, 51:221]  # the room for the logo, at a pixel a point
    assert with_it[corner].mean() < 225 < plain[corner].mean()


def test_a_logo_is_in_a_document_once_and_costs_no_more_than_it_weighs() -> None:
    many = with_head(invoice(60, 1500), seller=replace(SELLER, logo=logo(picture())))
    pdf = render(many)
    assert pdf.count(b"/Subtype /Image") == 1
    assert len(pdf) - len(render(invoice(60, 1500))) < 3000
    assert render(many) == pdf


def png_that_claims(width: int, height: int) -> bytes:
    """A picture of a few bytes that says it has so many pixels."""
    head = struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")]
    body = b"".join(struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks)
    return b"\x89PNG\r\n\x1a\n" + body


REFUSED = [
    pytest.param(b"", "it is no PNG or JPEG picture; give one", id="an empty file"),
    pytest.param(b"<svg></svg>", "it is no PNG or JPEG picture; give one", id="another kind of file"),
    pytest.param(b"GIF89a" + bytes(20), "it is no PNG or JPEG picture; give one", id="a GIF"),
    pytest.param(picture()[:200], "it is damaged", id="a file cut off"),
    pytest.param(png_that_claims(50_000, 40_000), "it has more than 25 million pixels; give a smaller picture", id="2,000 million pixels"),
    pytest.param(png_that_claims(5_001, 5_000), "it has more than 25 million pixels; give a smaller picture", id="5,000 pixels too many"),
    pytest.param(bytes(5_000_001), "it has more than 5 MB; give a smaller file", id="a byte more than 5 MB"),
]


@pytest.mark.parametrize(("content", "said"), REFUSED)
def test_what_is_no_logo_is_refused_with_what_to_give_instead(content: bytes, said: str) -> None:
    with pytest.raises(LogoRefused, match=said):
        logo(content)


@pytest.fixture
def run(outside: Outside) -> Run:
    return closed_month.fill(outside.engine)


def given(outside: Outside, path: Path) -> Outside:
    return replace(outside, settings=outside.settings.model_copy(update={"logo": str(path)}))


def test_the_documents_step_puts_the_logo_of_the_settings_on_every_invoice_and_summary(outside: Outside, run: Run, tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(picture())
    documents.stage(given(outside, tmp_path / "logo.png"), run)
    drawn = [outside.out.read(path) for path in outside.out.paths(run.folder) if path.endswith(".pdf")]
    assert len(drawn) == 5
    assert {pdf.count(b"/Subtype /Image") for pdf in drawn} == {1}


@pytest.mark.parametrize("content", [b"<svg></svg>", bytes(5_000_001)], ids=["another kind of file", "a byte more than 5 MB"])
def test_a_logo_that_cannot_be_printed_stops_the_step_before_it_draws(outside: Outside, run: Run, content: bytes, tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(content)
    with pytest.raises(Stopped) as stopped:
        documents.stage(given(outside, tmp_path / "logo.png"), run)
    assert_says_what_to_do(str(stopped.value), tmp_path / "logo.png")
    assert outside.out.paths(run.folder) == ()


@pytest.mark.parametrize(
    ("name", "why"), [("none.png", "No such file or directory"), ("folder", "Is a directory")], ids=["a missing file", "a folder"]
)
def test_a_logo_that_is_not_there_stops_the_step_before_it_draws(outside: Outside, run: Run, name: str, why: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(Stopped, match=why) as stopped:
        documents.stage(given(outside, tmp_path / name), run)
    assert_says_what_to_do(str(stopped.value), tmp_path / name)
    assert outside.out.paths(run.folder) == ()


def assert_says_what_to_do(said: str, path: Path) -> None:
    assert said.startswith(f"logo = '{path}' cannot be printed: ")
    assert said.endswith("; set another file, or nothing for the name alone")
    assert "\n" not in said


def test_a_logo_put_in_the_place_of_another_is_the_one_that_is_drawn(outside: Outside, run: Run, tmp_path: Path) -> None:
    path, widths = tmp_path / "logo.png", []
    for size in ((600, 120), (300, 120)):
        path.write_bytes(picture(size=size))
        documents.stage(given(outside, path), run)
        (embedded,) = PdfReader(io.BytesIO(outside.out.read(f"{run.folder}/invoices/2026-000001.pdf"))).pages[0].images
        assert embedded.image is not None
        widths.append(embedded.image.width)
    assert widths == [600, 300]


def test_a_font_that_is_not_there_stops_with_its_name(monkeypatch: pytest.MonkeyPatch, outside: Outside, tmp_path: Path) -> None:
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / "DejaVuSans.ttf").write_bytes(b"no font")
    monkeypatch.setattr(typefaces, "files", lambda _: tmp_path)
    typefaces.load_fonts.cache_clear()
    run = closed_month.fill(outside.engine)
    try:
        with pytest.raises(Stopped, match=r"DejaVuSans\.ttf cannot be read .*; install the package again"):
            documents.stage(outside, run)
    finally:
        monkeypatch.undo()
        typefaces.load_fonts.cache_clear()
    assert outside.out.paths(run.folder) == ()
