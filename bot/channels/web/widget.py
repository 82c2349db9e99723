"""`/widget.js`: the parts in `static/widget` joined into one script, with its words, its style and the province in it.

The parts share one function scope, so the order below matters only for what runs while the script loads: nothing but
the last line of `start.js`. A portal needs no build step, and neither do we.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.province import Profile, say_hours

FOLDER = Path(__file__).parent / "static" / "widget"
PARTS = (
    "elements", "wording", "preferences", "session", "server", "outbox", "stream", "banner", "speech", "text",
    "checklist", "printing", "sources", "rating", "turn", "dialogs", "complaint", "panel", "launcher", "idle",
    "transcript", "dictation", "view", "chat", "start",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Script:
    """The widget as it is sent. tag: changes when a byte of it does."""

    plain: bytes
    packed: bytes
    tag: str


def widget_script(profile: Profile) -> Script:
    """The widget for a province."""
    values = {"PROVINCE": _province(profile), "WORDS": _words(), "STYLE": _read("widget.css")}
    lines = ['(() => {\n"use strict";', *(f"const {name} = {_literal(value)};" for name, value in values.items())]
    lines += [_read(f"{part}.js") for part in PARTS]
    plain = "\n".join([*lines, "})();\n"]).encode()
    return Script(plain, gzip.compress(plain, 9, mtime=0), f'"{hashlib.sha256(plain).hexdigest()[:20]}"')


def _province(profile: Profile) -> dict[str, Any]:
    return {
        "name": profile.name,
        "hotline": profile.hotline,
        "hours": say_hours(profile),
        "centre": {"name": profile.centre.name, "address": profile.centre.address, "map": profile.centre.map_url},
    }


def _words() -> dict[str, Any]:
    return {language: json.loads(_read(f"{language}.json")) for language in ("vi", "en")}


def _literal(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
