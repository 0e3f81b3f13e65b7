"""Data Docs that can be read without the internet: the scripts, styles and icons they load from elsewhere lie beside them."""

import re
import shutil
from importlib.resources import as_file, files
from pathlib import Path

ASSETS = "assets"

# What the pages load, by the end of its address; anything else they load from elsewhere is decoration and is dropped.
LOCAL = {
    "bootstrap.min.css": "bootstrap/bootstrap.min.css",
    "bootstrap.min.js": "bootstrap/bootstrap.min.js",
    "jquery-3.7.1.min.js": "jquery/jquery.min.js",
    "popper.min.js": "popper/popper.min.js",
    "bootstrap-table.min.css": "bootstrap-table/bootstrap-table.min.css",
    "bootstrap-table.min.js": "bootstrap-table/bootstrap-table.min.js",
    "bootstrap-table-filter-control.css": "bootstrap-table/bootstrap-table-filter-control.min.css",
    "bootstrap-table-filter-control.min.css": "bootstrap-table/bootstrap-table-filter-control.min.css",
    "bootstrap-table-filter-control.min.js": "bootstrap-table/bootstrap-table-filter-control.min.js",
    "bootstrap-datepicker.min.css": "bootstrap-datepicker/bootstrap-datepicker.min.css",
    "bootstrap-datepicker.min.js": "bootstrap-datepicker/bootstrap-datepicker.min.js",
    "font-awesome/6.6.0/css/all.min.css": "fontawesome/css/all.min.css",
}
REMOTE_SCRIPT = re.compile(r'<script\s[^>]*?src="(https?:)?//[^"]*"[^>]*>\s*</script>')
REMOTE_LINK = re.compile(r'<link\s[^>]*?href="(https?:)?//[^"]*"[^>]*>')
REMOTE_IMAGE = re.compile(r'<img\s[^>]*?src="(https?:)?//[^"]*"[^>]*>')
REMOTE_PICTURE = re.compile(r"""url\(['"]?(https?:)?//[^)]*\)""")
FAVICON = re.compile(r"<link\s[^>]*favicon\.ico[^>]*>")  # from most pages it leads nowhere
ADDRESS = re.compile(r'(?:src|href)="([^"]*)"')
NEWSLETTER = re.compile(r"<footer>.*?</footer>", re.DOTALL)


def make_readable(site: Path) -> int:
    """Rewrites the pages of a site that load something from elsewhere; returns how many. Done again it finds none."""
    _lay_out_assets(site)
    for unused in ("fonts", "styles", "images/glossary_scroller.gif", "images/validation_failed_unexpected_values.gif"):
        _remove(site / "static" / unused)
    rewritten = 0
    for page in sorted(site.rglob("*.html")):
        before = page.read_text(encoding="utf-8")
        after = localised(before, "../" * (len(page.relative_to(site).parts) - 1))
        if after != before:
            page.write_text(after, encoding="utf-8")
            rewritten += 1
    return rewritten


def localised(page: str, to_root: str) -> str:
    """Returns a page that loads its scripts and styles from `assets` below the root of the site, `to_root` away from it."""
    page = REMOTE_SCRIPT.sub(lambda tag: _script(tag.group(0), to_root), page)
    page = REMOTE_LINK.sub(lambda tag: _style(tag.group(0), to_root), page)
    page = REMOTE_IMAGE.sub("<strong>Quality gates</strong>", page)
    page = REMOTE_PICTURE.sub("none", page)
    page = FAVICON.sub("", page)
    return NEWSLETTER.sub("", page)


def _script(tag: str, to_root: str) -> str:
    local = _local(tag)
    return f'<script src="{to_root}{ASSETS}/{local}"></script>' if local else ""


def _style(tag: str, to_root: str) -> str:
    local = _local(tag)
    return f'<link rel="stylesheet" href="{to_root}{ASSETS}/{local}">' if local else ""


def _local(tag: str) -> str:
    found = ADDRESS.search(tag)
    address = found.group(1) if found else ""
    return next((local for ending, local in LOCAL.items() if address.endswith("/" + ending)), "")


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _lay_out_assets(site: Path) -> None:
    if (site / ASSETS).is_dir():
        return
    with as_file(files("tasks").joinpath("data_docs_assets")) as folder:
        shutil.copytree(folder, site / ASSETS, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
