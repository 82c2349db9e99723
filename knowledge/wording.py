"""Loads the sentences of `words.yml` and formats values the way a Vietnamese reader expects them."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from knowledge.text_file import read_yaml

_WORDS = Path(__file__).with_name("words.yml")


@lru_cache(maxsize=1)
def words() -> dict[str, Any]:
    """The sentences of `words.yml`."""
    loaded: dict[str, Any] = read_yaml(_WORDS)
    return loaded


def money(amount: int) -> str:
    """An amount in đồng with dots between thousands: 1500000 -> ``1.500.000``."""
    return f"{amount:,}".replace(",", ".")


def quantity(number: float) -> str:
    """A number without a needless decimal: 3.0 -> ``3``, 2.5 -> ``2,5``."""
    return f"{number:g}".replace(".", ",")


def day(value: date) -> str:
    """A day as ``01/7/2026``."""
    return f"{value.day:02d}/{value.month}/{value.year}"


def month(value: date) -> str:
    """A month as ``tháng 7/2026``."""
    return f"tháng {value.month}/{value.year}"


def sentence(text: str) -> str:
    """`text` with a full stop at the end and a capital at the beginning."""
    text = text.strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".!?:" else ".")


def join(*parts: str | None) -> str:
    """The parts that say something, as lines."""
    return "\n".join(part.strip() for part in parts if part and part.strip())
