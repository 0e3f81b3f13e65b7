"""The seller's logo, ready to be embedded: flattened on white, in the colours of the page and no larger than print can show."""

import io
import zlib
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

BOX = (170.0, 34.0)  # the room a letterhead has for it, in points
PIXELS_A_POINT = 300 / 72  # what print can show
BYTES_AT_MOST, PIXELS_AT_MOST = 5_000_000, 25_000_000
TOO_MANY = f"it has more than {PIXELS_AT_MOST // 1_000_000} million pixels; give a smaller picture"


class LogoRefused(Exception):
    """A logo that cannot be printed; the message says why and what to give instead."""


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture of so many pixels, eight bits for each of red, green and blue, from the upper left corner, packed by zlib."""

    width: int
    height: int
    packed: bytes

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in points: as large as the letterhead has room for."""
        scale = min(BOX[0] / self.width, BOX[1] / self.height)
        return self.width * scale, self.height * scale


def logo(content: bytes) -> Logo:
    """The logo of a PNG or JPEG file: what is transparent in it becomes white, since PDF/A-1 knows no transparency. Raises LogoRefused."""
    if len(content) > BYTES_AT_MOST:
        raise LogoRefused(f"it has more than {BYTES_AT_MOST / 1e6:.0f} MB; give a smaller file")
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as picture:
            if picture.width * picture.height > PIXELS_AT_MOST:
                raise LogoRefused(TOO_MANY)
            return _flat(picture)
    except UnidentifiedImageError:
        raise LogoRefused("it is no PNG or JPEG picture; give one") from None
    except Image.DecompressionBombError:  # told by its first bytes, before it fills the memory
        raise LogoRefused(TOO_MANY) from None
    except (OSError, SyntaxError, ValueError) as error:
        raise LogoRefused(f"it is damaged ({error}); give a picture that opens") from error


def _flat(picture: Image.Image) -> Logo:
    upright: Image.Image = ImageOps.exif_transpose(picture)
    if upright.mode.startswith("I"):  # sixteen bits of grey
        upright = upright.convert("I").point(lambda value: value / 256).convert("L")
    seen = upright.convert("RGBA")
    page = Image.new("RGBA", seen.size, "white")
    page.alpha_composite(seen)
    shown = page.convert("RGB")
    shown.thumbnail((round(BOX[0] * PIXELS_A_POINT), round(BOX[1] * PIXELS_A_POINT)), Image.Resampling.LANCZOS)
    return Logo(shown.width, shown.height, zlib.compress(shown.tobytes(), 9))


__all__ = ["Logo", "LogoRefused", "logo"]
