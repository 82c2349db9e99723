"""Finds the place a message names and works out which communes of today it can be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from knowledge.places.gazetteer import TYPES, Gazetteer, Reading
from knowledge.places.spelling import as_digit, bare, key
from knowledge.text import accented_share, deaccent, unify
from knowledge.text_file import read_yaml

_TOKEN = re.compile(r"[^\W_]+")
_SHORT_NUMBER = re.compile(r"(?<![\w])([pfqPFQ])\.? ?(\d{1,2})(?!\w)")
_PLACEHOLDER = re.compile(r"⟦[^⟧]*⟧")
_JOINT = re.compile(r"[\s,./()-]*")
_WITHIN = re.compile(r"[\s'’.-]*")
_ACCENTED = 0.3


@dataclass(frozen=True, slots=True)
class _Word:
    """A word. run: the place of the first word after it that punctuation divides from it."""

    text: str
    start: int
    end: int
    run: int


@dataclass(frozen=True)
class _Name:
    """A name in the text: words `first` to `last` (exclusive), its type as written, and what it can mean."""

    first: int
    last: int
    kind: str
    readings: tuple[Reading, ...]
    certain: bool


@dataclass(frozen=True)
class Place:
    """A place somebody named.

    said: the words that name it. readings: what they can mean, all of one level or several. rest: the message without
    "tôi ở" and the place. alone: the rest says nothing.
    """

    said: str
    readings: tuple[Reading, ...]
    rest: str
    alone: bool

    @property
    def today(self) -> frozenset[str]:
        """The codes of the communes of today that it can be."""
        return frozenset().union(*(reading.today for reading in self.readings))


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    loaded: dict[str, Any] = read_yaml(Path(__file__).with_name("words.yml"))
    return loaded


@lru_cache(maxsize=1)
def _set(name: str) -> frozenset[str]:
    return frozenset(word for phrase in _words()[name] for word in (phrase, deaccent(phrase)))


class Finder:
    """Finds the places of one gazetteer."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer

    def find(self, text: str, *, expected: bool = False) -> Place | None:
        """The place that `text` names; None when it names none, or none that exists.

        expected: a place was asked for, so that a bare name in small letters is one too.
        """
        text = _SHORT_NUMBER.sub(lambda m: f"{'quận' if m[1] in 'qQ' else 'phường'} {m[2]}", unify(text))
        words = _read(_PLACEHOLDER.sub(_blank, text))
        accented = accented_share(text) >= _ACCENTED
        for whole in _chains(words, text, self._names(words, accented), expected):
            chain = whole if _consistent(whole) else [name for name in whole if name.certain]
            readings = _narrowed(_consistent(chain), _tense(words, chain)) if chain else ()
            if readings:
                first, last = _with_lead(words, chain)
                said = text[words[chain[0].first].start : words[chain[-1].last - 1].end]
                others = [w.text for i, w in enumerate(words) if not first <= i < last]
                rest = f"{text[: words[first].start]}{text[words[last - 1].end :].lstrip(' ,)')}"
                return Place(said, readings, rest, all(w in _set("filler") or w.isdigit() for w in others))
        return None

    def _names(self, words: list[_Word], accented: bool) -> list[_Name]:
        names, at = [], 0
        while at < len(words):
            name = self._typed(words, at, accented) or self._untyped(words, at, accented)
            if name:
                names.append(name)
            at = name.last if name else at + 1
        return names

    def _typed(self, words: list[_Word], at: int, accented: bool) -> _Name | None:
        """A name after its type, as in "xã Tân Hòa"."""
        for kind, forms in _words()["types"].items():
            for form in forms:
                said = form.split()
                length = len(said)
                heard = [w.text for w in words[at : at + length]]
                if heard != said and (accented or heard != [deaccent(w) for w in said]):
                    continue
                found = self._match(words, at + length, accented, kind)
                if found and (accented or not _doubtful(words, at + length, found[0])):
                    return _Name(at, found[0], kind, found[1], True)
        return None

    def _untyped(self, words: list[_Word], at: int, accented: bool) -> _Name | None:
        found = None if words[at].text in _set("former") else self._match(words, at, accented, "")
        if found is None:
            return None
        last, readings = found
        cue = at > 0 and words[at - 1].text in _set("cues") and last - at > 1
        spoken = " ".join(w.text for w in words[at:last])
        if spoken in _set("ordinary"):
            return None
        province = any(r.level == "province" for r in readings) and (last - at > 1 or accented)
        return _Name(at, last, "", readings, cue or province)

    def _match(self, words: list[_Word], at: int, accented: bool, kind: str) -> tuple[int, tuple[Reading, ...]] | None:
        """The end and the readings of the longest name that begins at `at`."""
        if at >= len(words):
            return None
        for length in range(min(self.gazetteer.longest, words[at].run - at), 0, -1):
            said = [w.text for w in words[at : at + length]]
            if kind in ("phường", "quận") and length == 1:
                said = [as_digit(said[0])]
            readings = _of_kind(self.gazetteer["".join(map(bare, said))], kind)
            if not kind and length == 1:
                readings = [r for r in readings if r.level == "province"]
            exact = _as_written(readings, " ".join(said), accented)
            readings = exact or (readings if kind and length > 1 else [])
            if readings:
                return at + length, tuple(readings)
        return None


def _read(text: str) -> list[_Word]:
    spans = [match.span() for match in _TOKEN.finditer(text)]
    words: list[_Word] = []
    for i in reversed(range(len(spans))):
        divided = i + 1 == len(spans) or not _WITHIN.fullmatch(text[spans[i][1] : spans[i + 1][0]])
        run = i + 1 if divided else words[-1].run
        words.append(_Word(text[slice(*spans[i])].lower(), *spans[i], run))
    return words[::-1]


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _doubtful(words: list[_Word], at: int, last: int) -> bool:
    """Whether a name of one word after "xa" or "quan" without diacritics may be something else: "quan 3 thang"."""
    following = words[last].text if last < len(words) else ""
    return last - at == 1 and (not words[at].text.isdecimal() or following in _set("counted"))


def _of_kind(readings: list[Reading], kind: str) -> list[Reading]:
    """The readings of the level that `kind` names; a province only where it is a city or called a province."""
    return [r for r in readings if not kind or r.level == TYPES[kind] or (r.level, r.kind) == ("province", kind)]


def _as_written(readings: list[Reading], said: str, accented: bool) -> list[Reading]:
    """In a text with diacritics, the readings that are written so."""
    if not accented and deaccent(said) == said:
        return readings
    return [r for r in readings if _spelled(r.name) == _spelled(said)]


@lru_cache(maxsize=65536)
def _spelled(name: str) -> str:
    return "".join(_TOKEN.findall(unify(name).lower())).replace("y", "i").replace("ý", "í").replace("ỳ", "ì")


def _with_lead(words: list[_Word], chain: list[_Name]) -> tuple[int, int]:
    """Where "ở" before the place begins, or "tôi ở" that opens the message, and where "cũ" after it ends."""
    first, last = chain[0].first, chain[-1].last
    while first and words[first - 1].text in _set("cues"):
        first -= 1
    if all(word.text in _set("lead") for word in words[:first]):
        first = 0
    while last < len(words) and words[last].text in _set("former"):
        last += 1
    return first, last


def _chains(words: list[_Word], text: str, names: list[_Name], expected: bool) -> Iterator[list[_Name]]:
    """Names that stand together, as in "xã Tân Hòa, huyện Phú Tân"; a chain without one that is certain is dropped."""
    chain: list[_Name] = []
    for name in names:
        if chain and not _together(words, text, chain[-1].last, name.first):
            yield from _kept(words, text, chain, expected)
            chain = []
        chain.append(name)
    yield from _kept(words, text, chain, expected)


def _together(words: list[_Word], text: str, last: int, first: int) -> bool:
    edges = [words[last - 1], *words[last:first], words[first]]
    between = (w.text for w in words[last:first])
    return all(w in _set("between") for w in between) and all(
        _JOINT.fullmatch(text[a.end : b.start]) for a, b in pairwise(edges)
    )


def _kept(words: list[_Word], text: str, chain: list[_Name], expected: bool) -> Iterator[list[_Name]]:
    inside = range(chain[0].first, chain[-1].last) if chain else range(0)
    capital = bool(chain) and all(text[words[i].start].isupper() for i in inside)
    alone = all(w.text in _set("filler") for i, w in enumerate(words) if i not in inside)
    if chain and (any(name.certain for name in chain) or (alone and (expected or capital or len(chain) > 1))):
        yield chain


def _consistent(chain: list[_Name]) -> list[Reading]:
    """The readings of one name of the chain under which all other names say where that one lies."""
    found = []
    for name in chain:
        others = [{(r.level, key(r.name)) for r in other.readings} for other in chain if other is not name]
        fitting = [r for r in name.readings if all(keys & r.above for keys in others)]
        found += [r for r in fitting if r.kind == name.kind] or fitting
    return found


def _tense(words: list[_Word], chain: list[_Name]) -> str:
    """Whether the speaker says that the place is of before or of now: ``former``, ``present`` or nothing."""
    near = {w.text for w in words[chain[0].first : chain[-1].last + 1]}
    before = words[chain[0].first - 1].text if chain[0].first else ""
    if near & _set("former"):
        return "former"
    return "present" if near & _set("present") or before in _set("present") else ""


def _narrowed(readings: list[Reading], tense: str) -> tuple[Reading, ...]:
    wanted = [r for r in readings if r.former == (tense == "former")] if tense else readings
    return tuple(wanted or readings)
