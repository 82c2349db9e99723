"""Photographs of what a complaint is about: checked, made small, without the place and time a camera writes into them.

A photograph is decoded and encoded anew, so that nothing but its pixels is kept; it is stored sealed, in the database.
"""

from __future__ import annotations

import base64
import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store import hand_over
from store.crypto import Vault
from store.tickets import PhotoRow, TicketRow

MOST_BYTES = 10_000_000
MOST_PIXELS = 50_000_000
MOST_PHOTOS = 3
LONGEST_SIDE = 1600
QUALITY = 82
_FORMATS = ("JPEG", "PNG", "WEBP")


class PhotoError(ValueError):
    """Why a photograph is not taken: `size`, `kind` or `count`."""


def jpeg_of(data: bytes) -> bytes:
    """The picture in `data` as a JPEG of at most 1,600 pixels a side, upright, without metadata.

    data: a JPEG, PNG or WebP of at most 10 MB and 50 megapixels. Raises `PhotoError`.
    """
    if len(data) > MOST_BYTES:
        raise PhotoError("size")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise PhotoError("size")
                return _encoded(picture)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombWarning) as error:
        raise error if isinstance(error, PhotoError) else PhotoError("kind") from error


def keep(session: Session, vault: Vault, ticket: TicketRow, jpeg: bytes) -> int:
    """Seal what `jpeg_of` gave into a ticket; how many photographs it has now. Raises `PhotoError` after three."""
    count = session.scalar(select(func.count(PhotoRow.id)).filter_by(ticket_id=ticket.id)) or 0
    if count >= MOST_PHOTOS:
        raise PhotoError("count")
    sealed = vault.seal(base64.b64encode(jpeg).decode(), hand_over.PHOTO)
    session.add(PhotoRow(ticket_id=ticket.id, sealed=sealed))
    return count + 1


def of_ticket(session: Session, ticket_id: str) -> list[str]:
    """The ids of a ticket's photographs, oldest first."""
    query = select(PhotoRow.id).filter_by(ticket_id=ticket_id).order_by(PhotoRow.at, PhotoRow.id)
    return list(session.scalars(query))


def show(session: Session, vault: Vault, photo_id: str) -> bytes | None:
    """The JPEG of a stored photograph; None when there is none."""
    row = session.get(PhotoRow, photo_id)
    return base64.b64decode(vault.open(row.sealed, hand_over.PHOTO)) if row else None


def _encoded(picture: Image.Image) -> bytes:
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    clean = Image.new("RGB", upright.size, "white")
    clean.paste(upright, mask=upright.convert("RGBA").getchannel("A"))
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
