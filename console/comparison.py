"""Two revisions side by side: the fields that differ, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from console import wording

PARTS = {
    "form": "dạng", "copies": "số bản", "condition": "chỉ khi", "note": "ghi chú", "template": "mẫu", "kind": "loại",
    "amount_vnd": "số tiền", "rule": "quy định", "exemptions": "miễn, giảm", "unit": "đơn vị",
    "counted_from": "tính từ", "authority": "cơ quan", "level": "cấp", "where": "nơi nộp", "before": "trước đây",
    "channels": "cách nộp", "basis": "căn cứ", "url": "đường dẫn", "decision": "quyết định",
    "checked_at": "kiểm tra", "issued_on": "ban hành", "late": "nếu trễ",
}  # fmt: skip
VALUES: dict[str, Mapping[str, str]] = {
    "form": wording.PAPER_FORMS, "kind": wording.FEE_KINDS, "unit": wording.UNITS, "basis": wording.BASES,
    "level": {**wording.ONLINE, **wording.LEVELS}, "confidence": wording.CONFIDENCES,
    "review": {"none": "chưa", "officer": "đã duyệt"}, "channels": wording.WAYS,
    "origin": {"seed": "soạn sẵn", "officer": "cán bộ soạn", "import": "nhập từ Cổng"},
}  # fmt: skip
Pieces = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One field in two revisions; each side in pieces, True where they differ."""

    field: str
    before: Pieces
    after: Pieces


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """The fields whose text differs, in the order of the newer content."""
    names = [*after, *(name for name in before if name not in after)]
    texts = ((name, as_text(before.get(name), name), as_text(after.get(name), name)) for name in names)
    return [Difference(name, *_pieces(old, new)) for name, old, new in texts if old != new]


def as_text(value: Any, name: str = "") -> str:
    """A value of an entry as lines of Vietnamese text, without what is not known. name: of the field it stands in."""
    match value:
        case None | [] | () | {}:
            return ""
        case dict():
            parts = ((PARTS.get(part, ""), as_text(inner, part)) for part, inner in value.items())
            return "; ".join(f"{label}: {text}" if label else text for label, text in parts if text)
        case list() | tuple():
            return "\n".join(as_text(part, name) for part in value)
        case bool():
            return "có" if value else "không"
        case _:
            return VALUES.get(name, {}).get(str(value), str(value))


def _pieces(before: str, after: str) -> tuple[Pieces, Pieces]:
    old, new = re.findall(r"\s+|\S+", before), re.findall(r"\s+|\S+", after)
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return tuple(_side(old, ((i, j, op) for op, i, j, _, _ in steps))), tuple(
        _side(new, ((i, j, op) for op, _, _, i, j in steps))
    )


def _side(words: list[str], spans: Iterator[tuple[int, int, str]]) -> Iterator[tuple[str, bool]]:
    for start, end, step in spans:
        if end > start:
            yield "".join(words[start:end]), step != "equal"
