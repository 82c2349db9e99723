"""Loads `menu.yml`, `prompts.yml` and `short_codes.yml`, which staff edit, and refuses what does not fit together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict

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
    """One state of a call. free: other speech goes to the conversation. code_speech: a dossier code may be spoken."""

    kind: Literal["choice", "entry", "list", "answer", "end"]
    free: bool = False
    code_speech: bool = False
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
    """All that is said and chosen. groups: built from the live knowledge base."""

    menu: Menu
    prompts: dict[str, Any]
    groups: tuple[Group, ...] = ()

    def line(self, state: str, variant: str, values: dict[str, str]) -> Line:
        """A prompt of a state, filled; replaceable by a recording when nothing of this call is in it."""
        texts = self.prompts["states"][state]
        text = texts.get(variant, texts.get("ask", ""))
        return Line(text.format_map(_Kept(values)), None if _varies(text) else f"{state}.{variant}")

    def said(self, name: str, **values: str) -> Line:
        """A sentence of no particular state."""
        text = self.prompts["said"][name]
        return Line(text.format_map(_Kept(values)), None if _varies(text) else name)


class _Kept(dict[str, str]):
    def __missing__(self, key: str) -> str:
        raise KeyError(f"prompts.yml asks for {{{key}}}, which is not known there")


_FIXED = ("{ten_tinh}", "{gio}", "{prefix}")


def _varies(text: str) -> bool:
    for fixed in _FIXED:
        text = text.replace(fixed, "")
    return "{" in text


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
    loaded: dict[str, Any] = yaml.safe_load((_HERE / name).read_text("utf-8"))
    return loaded
