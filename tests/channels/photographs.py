"""Photographs as telephones take them: turned by a tag, with place and time in them."""

from __future__ import annotations

import io

from PIL import Image

_ORIENTATION, _TAKEN, _PLACE = 0x0112, 0x0132, 0x8825
TURNED = 6


def photograph(width: int = 400, height: int = 300, kind: str = "JPEG") -> bytes:
    """A picture with the red half on the left as stored, turned by its tag to the top, and a place in its metadata."""
    picture = Image.new("RGB", (width, height), "blue")
    picture.paste("red", (0, 0, width // 2, height))
    exif = Image.Exif()
    exif[_ORIENTATION], exif[_TAKEN] = TURNED, "2026:11:20 08:00:00"
    exif.get_ifd(_PLACE)[1] = "N"
    out = io.BytesIO()
    picture.save(out, kind, exif=exif)
    return out.getvalue()
