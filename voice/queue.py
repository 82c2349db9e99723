"""What a caller in the queue hears: the place, about how long, and after two minutes the offer to be called back."""

from __future__ import annotations

from voice.book import Book
from voice.call_state import Line

OFFER_AFTER = 120
USUAL_MINUTES = 3


def minutes_left(values: dict[str, str]) -> int:
    """About how many minutes remain, from the carrier's average and the caller's place; at least one."""
    place, average = _number(values, "QueuePosition", 1), _number(values, "AvgQueueTime", 0)
    each = average / 60 if average else USUAL_MINUTES
    return max(1, round(each * place - _number(values, "QueueTime", 0) / 60))


def wait_lines(book: Book, minutes: int, values: dict[str, str]) -> tuple[tuple[Line, ...], bool]:
    """What is said now, and whether the callback is offered."""
    place = book.said("queue_place", place=str(_number(values, "QueuePosition", 1)), minutes=str(minutes))
    if _number(values, "QueueTime", 0) < OFFER_AFTER:
        return (place,), False
    return (place, book.said("queue_callback")), True


def _number(values: dict[str, str], name: str, otherwise: int) -> int:
    text = values.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else otherwise
