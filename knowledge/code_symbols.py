"""Turns what a citizen typed or said into the characters of a code: ``hát năm sáu chấm mười bốn`` -> ``H56.14``.

The result keeps, for each character, the place in the text it comes from, so that a code can be masked in a sentence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

BREAK = "|"

_TOKEN = re.compile(r"(?:[^\W_]|[\u0300-\u036f])+|\s+|.", re.DOTALL)
_WRITTEN = re.compile(r"(?=.*[0-9])[0-9o]*[gh]?[0-9o]*|[gh]|o{1,6}")
_UNITS = {
    "0": "không khong hông zê-rô",
    "1": "một mốt mot",
    "2": "hai",
    "3": "ba",
    "4": "bốn tư bon tu",
    "5": "năm lăm nhăm nam lam",
    "6": "sáu sau",
    "7": "bảy bẩy bay",
    "8": "tám tam",
    "9": "chín chin",
}
_MARKS = {
    "G": "gờ gê giê ghê",
    "H": "hát hắt hạt hách hờ hát-sờ hat hach",
    ".": ". · • 。 chấm cham",
    "-": r"- – — − ‐ ‑ ‒ ― _ / \ ~ gạch gach trừ tru xuyệc xuyệt xuyẹt xuyec xuyet suyệt xẹt xẹc sẹc sẹt xoẹt",
    " ": "ngang nối chéo xéo dấu dau noi cheo",
    "linh": "linh lẻ lẽ le",
    "ten": "mười",
    "tens": "mươi chục chuc",
    "ten or tens": "muoi",
    "hundred": "trăm tram",
}
_WORDS = {word: key for table in (_UNITS, _MARKS) for key, words in table.items() for word in words.split()}
_COUNTS = frozenset(("3", "4", "5", "6", "8", "9", "12"))
_COUNTED = frozenset(("số", "so", "chữ", "chu", "con"))


@dataclass(frozen=True, slots=True)
class Symbols:
    """Characters of a possible code in `text`: digits, ``G H . -``, a space between groups, ``|`` for other words.

    spans: for each character the start and end of the word it comes from.
    """

    text: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    kind: str  # "written", "spoken", "mark", "space" or "other"
    value: str
    start: int
    end: int


def read_symbols(text: str) -> Symbols:
    """The code characters of `text`; total: any string is accepted."""
    pieces = [piece for piece in map(_piece, _TOKEN.finditer(text)) if piece.value]
    characters: list[str] = []
    spans: list[tuple[int, int]] = []
    before: _Piece | None = None
    gap = ""
    for piece, value in _with_values(pieces):
        if piece.kind == "space":
            gap = max(gap, value)
            continue
        if gap and before and _keeps_gap(before, piece, gap):
            characters.append(" ")
            spans.append((before.end, piece.start))
        repeated = piece.kind == "mark" and characters[-1:] == [value]
        characters.extend("" if repeated else value)
        spans.extend([(piece.start, piece.end)] * (0 if repeated else len(value)))
        before, gap = piece, ""
    return Symbols("".join(characters), tuple(spans))


def _piece(match: re.Match[str]) -> _Piece:
    kind, value = _meaning(unicodedata.normalize("NFKC", match[0]).lower())
    return _Piece(kind, value, match.start(), match.end())


def _meaning(word: str) -> tuple[str, str]:
    if word.isspace() or word == ",":
        return "space", "," if word == "," else " "
    if _WRITTEN.fullmatch(word):
        return ("mark" if word in ("g", "h") else "written"), word.replace("o", "0").upper()
    meaning = _WORDS.get(word)
    if meaning is None:
        return "other", word if unicodedata.category(word[0]) != "Cf" else ""
    if meaning == " ":
        return "space", " "
    return ("mark" if meaning in "GH.-" else "spoken"), meaning


def _with_values(pieces: list[_Piece]) -> Iterator[tuple[_Piece, str]]:
    """Each piece with the characters it stands for, which for spoken numbers depend on the words around it."""
    said = [piece for piece in pieces if piece.kind != "space"]
    values = {id(piece): _value(said, i) for i, piece in enumerate(said)}
    for piece in pieces:
        yield piece, values.get(id(piece), piece.value)


def _value(said: list[_Piece], i: int) -> str:
    """The digits of the i-th word: ``hai mươi ba`` is 2, nothing, 3; ``bốn`` in ``bốn số cuối`` is a count."""
    piece = said[i]
    if piece.kind == "other" or (i + 1 < len(said) and _is_count(piece, said[i + 1])):
        return BREAK
    if piece.kind != "spoken":
        return piece.value
    before = said[i - 1].value if i and said[i - 1].kind == "spoken" else ""
    after = [p.value if p.kind == "spoken" else "" for p in said[i + 1 : i + 3]] + ["", ""]
    if piece.value == "linh":
        return "0"
    if piece.value.startswith("ten"):
        counted = piece.value == "tens" or (piece.value == "ten or tens" and _is_digit(before))
        return ("" if counted else "1") + ("" if _is_digit(after[0]) else "0")
    if piece.value == "hundred":
        return _after_hundred(after)
    return piece.value


def _after_hundred(after: list[str]) -> str:
    if not after[0]:
        return "00"
    certain = after[0] == "linh" or after[0].startswith("ten") or bool(after[1])
    return "" if certain else BREAK


def _is_digit(value: str) -> bool:
    return value in _UNITS and value != "0"


def _is_count(piece: _Piece, after: _Piece) -> bool:
    counts = piece.kind in ("written", "spoken") and piece.value in _COUNTS
    return counts and after.kind == "other" and after.value in _COUNTED


def _keeps_gap(before: _Piece, after: _Piece, gap: str) -> bool:
    """Whether the white space between two pieces may separate groups of a code."""
    if "mark" in (before.kind, after.kind):
        return after.value in ("G", "H") and before.kind != "mark"
    if gap == ",":
        return True
    if before.kind == after.kind == "spoken":
        return False
    short = before.kind == after.kind == "written" and max(len(before.value), len(after.value)) <= 2
    return not short
