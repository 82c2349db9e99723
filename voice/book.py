"""Loads `menu.yml`, `prompts.yml` and `short_codes.yml`, which staff edit, and refuses what does not fit together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from knowledge.text_file import read_yaml
from voice.call_state import Line

VARIANTS = ("ask", "again", "keys", "retry")
_HERE = Path(__file__).parent


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Timing(_Model):
    """Seconds: of silence before a reprompt, between keys, after speech."""

    silence: int
    example: int
    between_keys: int
    speech_end: int
    speech_end_code: int


class MenuState(_Model):
    """One state of a call. free: other speech goes to the conversation. code_speech: a dossier code may be spoken.

    people: leads to a person or a promise, so it is open while the assistant pauses.
    """

    kind: Literal["choice", "entry", "list", "answer", "end"]
    free: bool = False
    code_speech: bool = False
    people: bool = False
    digits: int | None = 1
    keys: dict[str, str] = {}
    phrases: dict[str, tuple[str, ...]] = {}

    @property
    def speech(self) -> bool:
        """Whether speech can do something here."""
        return self.free or self.code_speech or self.kind == "list" or bool(self.phrases)


class Menu(_Model):
    """The table of the call flow."""

    timing: Timing
    states: dict[str, MenuState]
    everywhere: dict[str, tuple[str, ...]]
    aspects: dict[str, dict[str, str]]
    complaints: dict[str, str]
    keys_said: dict[str, str]


@dataclass(frozen=True, slots=True)
class Group:
    """A group of procedures on the keypad. entries: (short code or "", entry id, title), in the order they are read."""

    title: str
    entries: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Book:
    """All that is said and chosen. groups: of the live knowledge base. titles: of its procedures, by national code."""

    menu: Menu
    prompts: dict[str, Any]
    groups: tuple[Group, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)

    def line(self, state: str, variant: str, values: dict[str, str]) -> Line:
        """A prompt of a state, filled; what holds nothing of this call may be replaced by recordings."""
        texts = self.prompts["states"][state]
        return _line(f"{state}.{variant}", texts.get(variant, texts.get("ask", "")), values)

    def said(self, name: str, **values: str) -> Line:
        """A sentence of no particular state."""
        return _line(name, self.prompts["said"][name], values)


class _Kept(dict[str, str]):
    def __missing__(self, key: str) -> str:
        raise KeyError(f"prompts.yml asks for {{{key}}}, which is not known there")


_VARYING = re.compile(r"(\{(?!ten_tinh\}|gio\}|prefix\})\w+\})")


def _line(name: str, text: str, values: dict[str, str]) -> Line:
    kept = _Kept(values)
    if not _VARYING.search(text):
        return Line(text.format_map(kept), name)
    parts: list[Line] = []
    fixed = 0
    for piece in filter(None, _VARYING.split(text)):
        if re.search(r"\w", piece) and not _VARYING.fullmatch(piece):
            fixed += 1
            parts.append(Line(piece.format_map(kept).lstrip(" .,:"), f"{name}.{fixed}"))
        else:
            parts.append(Line(piece.format_map(kept)))
    return Line(text.format_map(kept), parts=tuple(part for part in parts if re.search(r"\w", part.text)))


def as_recorded(lines: Iterable[Line], folder: Path) -> tuple[Line, ...]:
    """The lines to play one after the other: a line in parts is cut up where a recording for one of them is there."""
    return tuple(
        part
        for line in lines
        for part in (line.parts if any((folder / f"{p.recording}.wav").is_file() for p in line.parts) else (line,))
    )


@lru_cache(maxsize=1)
def load_book() -> Book:
    """The menu and the prompts of this folder; raises ValueError naming what does not fit."""
    menu = Menu.model_validate(_read("menu.yml"))
    prompts = _read("prompts.yml")
    places = set(menu.states) | {"private", "aspect", "callback_taken", "dossier_after"}
    for name, state in menu.states.items():
        unknown = set(state.keys.values()) - places
        if unknown:
            raise ValueError(f"menu.yml: {name} leads to {sorted(unknown)}, which does not exist")
        if state.kind in ("choice", "entry", "list") and set(VARIANTS) - set(prompts["states"].get(name, {})):
            raise ValueError(f"prompts.yml: {name} needs {', '.join(VARIANTS)}")
    return Book(menu, prompts)


def _read(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = read_yaml(_HERE / name)
    return loaded
