"""The content hash of an inventory snapshot: what proves, in a dispute, that the summary shows what was counted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import NamedTuple

from billing.clause import carries_out


class Element(NamedTuple):
    """One element configured on the platform on the day of a snapshot, as it came in the feed."""

    line_id: str
    element_id: str
    kind: str
    label: str


@carries_out("BT-2.f")
def content_hash(elements: Iterable[tuple[str, str, str, str]]) -> str:
    """Returns the SHA-256, in hexadecimal, of a snapshot: (line_id, element_id, kind, label) of each element, in any order.

    The elements are sorted by code point and each is written as a JSON array of four strings and a newline, in UTF-8. JSON
    quotes what a label may contain, so that no two different snapshots are written alike.
    """
    digest = hashlib.sha256()
    for element in sorted(elements):
        digest.update(json.dumps(element, ensure_ascii=False, separators=(",", ":")).encode())
        digest.update(b"\n")
    return digest.hexdigest()
