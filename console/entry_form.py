"""The editor's form: a sent form to the content of a revision. The templates write the same names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.datastructures import FormData

from console.pages import text_of

TEXTS = {
    "procedure": (
        "title", "official_title", "field", "confidence", "summary", "who", "documents_note", "conditions", "result",
        "decision", "notes", "valid_from", "valid_until",
    ),
    "faq": ("title", "topic", "confidence", "answer", "spoken", "notes", "valid_from", "valid_until"),
}  # fmt: skip
LINES = {
    "procedure": ("common_names", "examples", "steps", "forms", "related"),
    "faq": ("common_names", "examples", "related"),
}
GROUPS = {
    "procedure": {
        "fee": ("kind", "amount_vnd", "rule", "exemptions"),
        "time": ("number", "unit", "counted_from", "rule"),
        "place": ("authority", "level", "where", "before"),
        "online": ("level", "where"),
        "deadline": ("rule", "late"),
    },
    "faq": {},
}
ROWS = {
    "documents": ("name", "form", "copies", "condition", "note", "template"),
    "sources": ("title", "basis", "url", "decision", "checked_at", "note"),
    "legal_basis": ("number", "title", "issued_on"),
}
SPARE_ROWS, MORE_ROWS = 2, 5
CHANNELS = ("in_person", "online", "post")
MOST_ROWS = 60
_REQUIRED = ("title", "field", "topic", "answer")


def content_from(form: FormData, before: Mapping[str, Any]) -> dict[str, Any]:
    """`before` with what the form says; what the form does not know stays. Not validated."""
    kind = str(before["kind"])
    content = dict(before)
    for name in TEXTS[kind]:
        text = text_of(form, name)
        content[name] = text if name in _REQUIRED else text or None
    for name in LINES[kind]:
        content[name] = [line.strip() for line in text_of(form, name).splitlines() if line.strip()]
    for name, columns in GROUPS[kind].items():
        group = {column: text_of(form, f"{name}.{column}") or None for column in columns}
        content[name] = dict(before.get(name) or {}) | group
    for name in ROWS.keys() & before.keys():
        content[name] = _rows(form, name)
    if kind == "procedure":
        content["sensitive"] = text_of(form, "sensitive")
        ways = [way for way in CHANNELS if text_of(form, f"online.channels.{way}")]
        content["online"] = content["online"] | {"channels": ways}
    return _typed(content)


def _rows(form: FormData, name: str) -> list[dict[str, Any]]:
    """The rows of a table; a row without its first column is left out."""
    rows = []
    for number in range(MOST_ROWS):
        row = {column: text_of(form, f"{name}.{number}.{column}") or None for column in ROWS[name]}
        if row[ROWS[name][0]]:
            rows.append(row)
    return rows


def _typed(content: dict[str, Any]) -> dict[str, Any]:
    """Amounts without their dots, a deadline only when it says something, required texts of groups as texts."""
    if content["kind"] == "procedure":
        amount = content["fee"]["amount_vnd"]
        content["fee"]["amount_vnd"] = amount.replace(".", "").replace(" ", "") if isinstance(amount, str) else amount
        number = content["time"]["number"]
        content["time"]["number"] = number.replace(",", ".") if isinstance(number, str) else number
        content["sensitive"] = content["sensitive"] == "1"
        content["deadline"] = content["deadline"] if any(content["deadline"].values()) else None
    return content
