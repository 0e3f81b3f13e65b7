"""What a payer finds on the portal: its folder from the database, its index, and the files behind the links."""

import json
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

from sqlalchemy import text

from tasks.outside import Outside
from tasks.portal import open_portal


def folder(outside: Outside, payer_id: str) -> str:
    """The folder of a payer, relative to the portal."""
    with outside.engine.connect() as conn:
        name = conn.execute(text("select name from portal_name where payer_id = :id and document = ''"), {"id": payer_id}).scalar_one()
    return f"payers/{name}"


def index(outside: Outside, payer_id: str) -> dict[str, Any]:
    """The index of a payer, as a program reads it."""
    found: dict[str, Any] = json.loads(open_portal(outside.settings).read(f"{folder(outside, payer_id)}/index.json"))
    return found


def page(outside: Outside, payer_id: str) -> str:
    """The page of a payer."""
    return open_portal(outside.settings).read(f"{folder(outside, payer_id)}/index.html").decode()


def linked(outside: Outside, payer_id: str) -> dict[str, bytes]:
    """What is behind the links of the index, by the name that the payer sees."""
    shown = index(outside, payer_id)
    files = [file for entry in (*shown["invoices"], *shown["reminders"]) for file in entry["files"]]
    return {file["name"]: open_portal(outside.settings).read(path_of(outside, payer_id, file["href"])) for file in files}


def path_of(outside: Outside, payer_id: str, href: str) -> str:
    """The path of the portal that a link of the index of a payer leads to, as a browser and a server find it."""
    parts: list[str] = []
    for part in PurePosixPath(folder(outside, payer_id), unquote(href)).parts:
        parts = parts[:-1] if part == ".." else [*parts, part]
    return "/".join(parts)
