"""Makes a finished PDF one for the archive, PDF/A-1b: it says in itself what it is, and which colours its numbers mean."""

import io
import struct
import zlib
from datetime import UTC, date, datetime, time
from functools import cache
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

import pikepdf
from pikepdf import Array, Dictionary, Name, ObjectStreamMode, Pdf, Stream, StreamDecodeLevel, String

BRUSSELS, NOON = ZoneInfo("Europe/Brussels"), time(12)
NO_DAY = datetime(2000, 1, 1, tzinfo=UTC)  # of a document without a day of its own, such as a draft
PRODUCER = "telephony-billing-close"
CURVE_POINTS = 256


def archival(pdf: bytes, *, title: str, author: str, language: str, made_on: date | None) -> bytes:
    """The PDF as PDF/A-1b; the same input gives the same bytes.

    `title` and `author` must be free of control characters. `made_on` is the day of the document, put down as noon in Brussels.
    """
    made_at = NO_DAY if made_on is None else datetime.combine(made_on, NOON, BRUSSELS)
    kept = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        _replace_info(document, title, author, made_at)
        document.Root.Lang = String(language)
        document.Root.Metadata = Stream(
            document, _metadata(title, author, language, made_at), {"/Type": Name.Metadata, "/Subtype": Name.XML}
        )
        document.Root.OutputIntents = Array([_output_intent(document)])
        # Streams stay as they are: they are compressed, except the metadata, which must not be.
        document.save(
            kept, deterministic_id=True, object_stream_mode=ObjectStreamMode.disable, compress_streams=False,
            stream_decode_level=StreamDecodeLevel.none, force_version="1.4", fix_metadata_version=False,
        )  # fmt: skip
    return kept.getvalue()


def _replace_info(document: Pdf, title: str, author: str, made_at: datetime) -> None:
    """The information dictionary with exactly what the metadata repeats: where they differ, a file is no PDF/A."""
    offset = f"{made_at:%z}"
    when = String(f"D:{made_at:%Y%m%d%H%M%S}{offset[:3]}'{offset[3:]}'")
    document.trailer.Info = document.make_indirect(
        Dictionary(Title=String(title), Author=String(author), Producer=String(PRODUCER), CreationDate=when, ModDate=when)
    )


def _metadata(title: str, author: str, language: str, made_at: datetime) -> bytes:
    """The XMP packet, written by hand in the one form that every checker reads."""
    when = made_at.isoformat()
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"><pdfaid:part>1</pdfaid:part>\
<pdfaid:conformance>B</pdfaid:conformance></rdf:Description>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:format>application/pdf</dc:format>\
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(title)}</rdf:li></rdf:Alt></dc:title>\
<dc:creator><rdf:Seq><rdf:li>{escape(author)}</rdf:li></rdf:Seq></dc:creator>\
<dc:language><rdf:Bag><rdf:li>{escape(language)}</rdf:li></rdf:Bag></dc:language></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"><pdf:Producer>{PRODUCER}</pdf:Producer></rdf:Description>
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"><xmp:CreateDate>{when}</xmp:CreateDate>\
<xmp:ModifyDate>{when}</xmp:ModifyDate></rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>""".encode()


def _output_intent(document: Pdf) -> Dictionary:
    profile = Stream(document, _compressed_profile(), {"/N": 3, "/Alternate": Name.DeviceRGB, "/Filter": Name.FlateDecode})
    return Dictionary(
        Type=Name.OutputIntent, S=Name.GTS_PDFA1, OutputConditionIdentifier=String("sRGB"), Info=String("sRGB IEC61966-2.1"),
        DestOutputProfile=document.make_indirect(profile),
    )  # fmt: skip


@cache
def _compressed_profile() -> bytes:
    return zlib.compress(srgb_profile(), 9)


def srgb_profile() -> bytes:
    """An ICC profile of sRGB, version 2: PDF/A-1 was written before version 4. The primaries are those of IEC 61966-2.1 seen under D50."""
    name = b"sRGB"
    said = b"desc" + bytes(4) + struct.pack(">I", len(name) + 1) + name + bytes(1 + 4 + 4 + 2 + 1 + 67)
    curve = struct.pack(f">4s4xI{CURVE_POINTS}H", b"curv", CURVE_POINTS, *(_linear(step) for step in range(CURVE_POINTS)))
    tags = {
        b"desc": said,
        b"cprt": b"text" + bytes(4) + b"No copyright\0",
        b"wtpt": _xyz(0.95045, 1.0, 1.08905),
        b"rXYZ": _xyz(0.43607, 0.22249, 0.01392),
        b"gXYZ": _xyz(0.38515, 0.71687, 0.09708),
        b"bXYZ": _xyz(0.14307, 0.06061, 0.71410),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    table, body = _laid_out(tags)
    size = 128 + len(table) + len(body)
    head = struct.pack(
        ">I4xI4s4s4s6H4s28x3i", size, 0x02100000, b"mntr", b"RGB ", b"XYZ ", 2000, 1, 1, 0, 0, 0, b"acsp",
        _fixed(0.9642), _fixed(1.0), _fixed(0.8249),
    )  # fmt: skip
    return head.ljust(128, b"\0") + table + body


def _laid_out(tags: dict[bytes, bytes]) -> tuple[bytes, bytes]:
    """The tag table and the data it points into; what several tags share is there once."""
    places: dict[bytes, int] = {}
    table, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for tag, content in tags.items():
        if content not in places:
            places[content] = start + len(body)
            body += content.ljust(-(-len(content) // 4) * 4, b"\0")
        table += struct.pack(">4sII", tag, places[content], len(content))
    return table, body


def _fixed(value: float) -> int:
    return round(value * 65536)


def _xyz(x: float, y: float, z: float) -> bytes:
    return struct.pack(">4s4x3i", b"XYZ ", _fixed(x), _fixed(y), _fixed(z))


def _linear(step: int) -> int:
    """The light, of 65535, that a value of the curve stands for."""
    value = step / (CURVE_POINTS - 1)
    return round(65535 * (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4))


__all__ = ["archival", "srgb_profile"]
