"""What every drawing needs besides its record: the fonts, and the logo. Without them it stops before it draws anything."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from reports.logo import BYTES_AT_MOST, Logo, LogoRefused, logo
from reports.records import Seller
from reports.typefaces import FontMissing, load_fonts
from tasks.ledger import Stopped
from tasks.settings import Settings

WAY_OUT = "set another file, or nothing for the name alone"


def letterhead(seller: Seller, settings: Settings) -> Seller:
    """The seller with the logo of the settings, if any. Raises Stopped naming the file that cannot be used and the way out."""
    try:
        load_fonts()
    except FontMissing as error:
        raise Stopped(str(error)) from error
    return replace(seller, logo=_logo(settings.logo)) if settings.logo else seller


def _logo(path: str) -> Logo:
    try:
        found = Path(path).stat()
        return _read(path, found.st_mtime_ns, found.st_size)
    except (OSError, LogoRefused) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise Stopped(f"logo = {path!r} cannot be printed: {why}; {WAY_OUT}") from error


@lru_cache(maxsize=4)
def _read(path: str, _changed_at: int, _size: int) -> Logo:
    """The logo of a file, read anew only when that changed."""
    with Path(path).open("rb") as file:
        return logo(file.read(BYTES_AT_MOST + 1))


__all__ = ["letterhead"]
