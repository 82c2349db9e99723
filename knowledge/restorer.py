"""Puts back the diacritics, letters and spaces that citizens leave out: a noisy channel over syllables.

Every word gets candidates with a cost (log probability that the writer turns the candidate into the word), and the
best sequence under `LanguageModel` wins (Viterbi). Costs are such that a correctly typed word stays: the model must be
far surer of another word, in the place where it stands, than it is of the word typed.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from knowledge.dictionary import dictionary
from knowledge.language_model import START, LanguageModel
from knowledge.text import accented_share, normalise, syllables
from knowledge.text_syllable import deaccent, from_telex, is_bare_syllable, is_syllable, sound_key

_WORD = re.compile(r"[^\W_]+")
_CODE = re.compile(r"\w*\d[\w./-]*[./-][\w./-]+|\S+@\S+|https?://\S+|www\.\S+")
_BEAM = 6
_CANDIDATES = 14
_REAL = 3.0
_ACCENTED = 0.5
_DICTIONARY_WEIGHT = 0.5
_BARE_TEXT = 0.35


@dataclass(frozen=True)
class Costs:
    """Log costs of the channel; larger is rarer.

    bare: a word without diacritics in a text that has few. dropped: the same in a text that has many. mark: one
    diacritic more or other than typed. edit: one letter wrong in a word that does not exist. split: a missing space.
    sound: another word that sounds alike. known: leaving a real word (beside `dropped` and `mark`).
    """

    bare: float = 0.0
    dropped: float = 2.0
    mark: float = 3.5
    edit: float = 5.0
    split: float = 4.0
    sound: float = 11.0
    known: float = 4.0
    telex: float = 1.0


@dataclass(frozen=True)
class Restored:
    """A text with its diacritics. confidence: the least sure of the words that changed, 0 to 1; 1.0 without any."""

    text: str
    confidence: float = 1.0


@dataclass(frozen=True)
class _Candidate:
    text: str
    cost: float
    numbers: tuple[int, ...]


class _Path(NamedTuple):
    """The best way to a word: its score, the last two words, the candidate chosen and the path before it."""

    score: float
    before: int
    last: int
    chosen: _Candidate | None = None
    previous: _Path | None = None


class Restorer:
    """Restores texts with the words of `model`, and the real words of `lexicon` besides."""

    def __init__(self, model: LanguageModel, lexicon: Iterable[str] = (), costs: Costs | None = None) -> None:
        self._model, self._costs = model, costs or Costs()
        self._known = frozenset(lexicon) | frozenset(model.words[1:])
        self._by_bare: dict[str, list[str]] = defaultdict(list)
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self._known, key=lambda w: -model.count(w)):
            self._by_bare[deaccent(word)].append(word)
            if model.count(word) > 0:
                self._by_sound[sound_key(word)].append(word)
        self._by_delete: dict[str, list[str]] = defaultdict(list)
        for bare, words in self._by_bare.items():
            if len(bare) > 2 and any(model.count(word) > 0 for word in words):
                for shorter in _deletes(bare) | {bare}:
                    self._by_delete[shorter].append(bare)
        self._probability = lru_cache(maxsize=200_000)(model.log_probability)
        self._candidates = lru_cache(maxsize=20000)(self._find_candidates)

    def knows(self, text: str) -> bool:
        """Whether every word of `text` is one that it can restore; numbers aside."""
        return all(word in self._known for word in syllables(text) if word.isalpha())

    def restore(self, text: str) -> Restored:
        """`text` with missing diacritics, typing errors and missing spaces put right where that is likely."""
        codes = [match.span() for match in _CODE.finditer(text)]
        found = [m for m in _WORD.finditer(text) if not any(a <= m.start() < b for a, b in codes)]
        if not found:
            return Restored(text)
        bare_text = accented_share(text) < _BARE_TEXT
        lattice = [self._candidates(match[0].lower(), bare_text) for match in found]
        if not bare_text:
            lattice = self._settled(lattice)
        plain = all(len(candidates) == 1 for candidates in lattice)
        best = [candidates[0] for candidates in lattice] if plain else self._best_path(lattice)
        pieces, end = [], 0
        for match, chosen in zip(found, best, strict=True):
            pieces += [text[end : match.start()], _like(match[0], chosen.text)]
            end = match.end()
        return Restored("".join(pieces) + text[end:], self._confidence(lattice, best))

    def _settled(self, lattice: list[tuple[_Candidate, ...]]) -> list[tuple[_Candidate, ...]]:
        """The same without alternatives to a real word that is known to stand beside one of its neighbours."""
        numbers = [START, *(candidates[0].numbers[0] for candidates in lattice), -1]
        return [
            candidates[:1]
            if self._model.follows(numbers[i], numbers[i + 1]) or self._model.follows(numbers[i + 1], numbers[i + 2])
            else candidates
            for i, candidates in enumerate(lattice)
        ]

    def _best_path(self, lattice: list[tuple[_Candidate, ...]]) -> list[_Candidate]:
        paths = [_Path(0.0, START, START)]
        for candidates in lattice:
            following: dict[tuple[int, int], _Path] = {}
            for path in paths:
                for candidate in candidates:
                    score, before, last = self._step(path.score, path.before, path.last, candidate)
                    known = following.get((before, last))
                    if known is None or score > known.score:
                        following[before, last] = _Path(score, before, last, candidate, path)
            paths = sorted(following.values(), key=_score, reverse=True)[:_BEAM]
        chosen, path = [], paths[0]
        while path.chosen is not None and path.previous is not None:
            chosen.append(path.chosen)
            path = path.previous
        return chosen[::-1]

    def _step(self, score: float, before: int, last: int, candidate: _Candidate) -> tuple[float, int, int]:
        score -= candidate.cost
        for number in candidate.numbers:
            score += self._probability(before, last, number)
            before, last = last, number
        return score, before, last

    def _confidence(self, lattice: list[tuple[_Candidate, ...]], best: list[_Candidate]) -> float:
        surest = 1.0
        for i, (candidates, chosen) in enumerate(zip(lattice, best, strict=True)):
            if len(candidates) < 2:
                continue
            last = best[i - 1].numbers[-1] if i else START
            before = START if i < 2 else best[i - 2].numbers[-1]
            after = best[i + 1].numbers[0] if i + 1 < len(best) else None
            scores = [self._fit(before, last, candidate, after) for candidate in candidates]
            top = self._fit(before, last, chosen, after)
            surest = min(surest, 1.0 / sum(math.exp(min(score - top, 50.0)) for score in scores))
        return surest

    def _fit(self, before: int, last: int, candidate: _Candidate, after: int | None) -> float:
        score, before, last = self._step(0.0, before, last, candidate)
        return score + (self._probability(before, last, after) if after is not None else 0.0)

    def _find_candidates(self, word: str, bare_text: bool) -> tuple[_Candidate, ...]:
        if any(c.isdigit() for c in word):
            return (self._candidate(word, 0.0),)
        found = {word: 0.0}
        known = word in self._known
        self._add_accents(found, word, known, bare_text)
        typed = from_telex(word)
        if typed in self._known and not is_bare_syllable(word):
            found[typed] = self._costs.telex + (self._costs.known if self._model.count(word) else 0.0)
        if not known:
            self._add_repairs(found, word)
        elif not bare_text and is_syllable(word):
            for other in self._by_sound.get(sound_key(word), ()):
                found.setdefault(other, self._costs.sound)
        ranked = sorted(found, key=lambda w: found[w] - math.log(self._model.count(w) + 0.1) if w != word else -99.0)
        return tuple(self._candidate(w, found[w]) for w in ranked[:_CANDIDATES])

    def _candidate(self, text: str, cost: float) -> _Candidate:
        return _Candidate(text, cost, tuple(self._model.number.get(word, -1) for word in text.split(" ")))

    def _add_accents(self, found: dict[str, float], word: str, known: bool, bare_text: bool) -> None:
        """Words of the same letters with other diacritics."""
        bare = deaccent(word)
        typed = _marks(word)
        real = self._model.count(word) >= _REAL
        for other in self._by_bare.get(bare, ()):
            if other == word:
                continue
            if not typed:
                cost = self._costs.bare if bare_text else self._costs.dropped + (self._costs.known if real else 0.0)
            else:
                missing = typed - _marks(other)
                cost = self._costs.mark * (1 + len(missing)) + (self._costs.known if known else 0.0)
            found[other] = cost

    def _add_repairs(self, found: dict[str, float], word: str) -> None:
        """For a word that does not exist: one wrong letter, a missing space."""
        bare = deaccent(word)
        marks = _marks(word)
        if len(bare) > 2:
            for shorter in _deletes(bare) | {bare}:
                for near in self._by_delete.get(shorter, ()):
                    cost = self._costs.edit + _edit_cost(bare, near)
                    for other in self._by_bare[near]:
                        wrong = len(marks - _marks(other)) + (len(_marks(other) - marks) if marks else 0)
                        found.setdefault(other, cost + 1.5 * wrong)
        for at in range(1, len(word)):
            left, right = word[:at], word[at:]
            if self._is_word(left) and self._is_word(right):
                for first in self._by_bare[deaccent(left)] if left == deaccent(left) else [left]:
                    for second in self._by_bare[deaccent(right)] if right == deaccent(right) else [right]:
                        found.setdefault(f"{first} {second}", self._costs.split)

    def _is_word(self, part: str) -> bool:
        return (is_syllable(part) or is_bare_syllable(part)) and len(part) > 1 and deaccent(part) in self._by_bare

    def save(self, folder: Path) -> None:
        """Writes the model and the lexicon into `folder`."""
        self._model.save(folder / "language_model.npz")
        (folder / "lexicon.txt").write_text("\n".join(sorted(self._known)), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Restorer:
        """Reads what `save` wrote."""
        lexicon = (folder / "lexicon.txt").read_text(encoding="utf-8").split("\n")
        return cls(LanguageModel.load(folder / "language_model.npz"), lexicon)


def _score(path: _Path) -> float:
    return path.score


def _marks(word: str) -> frozenset[str]:
    return frozenset(c for c in word if deaccent(c) != c)


def _deletes(word: str) -> set[str]:
    return {word[:i] + word[i + 1 :] for i in range(len(word))}


def _edit_cost(typed: str, meant: str) -> float:
    """0 for two letters swapped, one missing or one too many; 1.5 for another letter."""
    if typed == meant or len(typed) != len(meant) or sorted(typed) == sorted(meant):
        return 0.0
    return 1.5


def _like(original: str, word: str) -> str:
    if original.lower() == word:
        return original
    return word[:1].upper() + word[1:] if original[:1].isupper() else word


def learn(texts: Iterable[str]) -> Restorer:
    """A restorer that knows the properly accented of `texts`, and less surely the words of the dictionary."""
    accented = [text for text in texts if accented_share(text) > _ACCENTED]
    weights = dict.fromkeys(dictionary(), _DICTIONARY_WEIGHT)
    return Restorer(LanguageModel.fit(accented, weights), (word for phrase in weights for word in syllables(phrase)))


def completed(restorer: Restorer, text: str) -> str:
    """A written `text`, restored only when it was written without diacritics."""
    return text if accented_share(text) > _ACCENTED else restored(restorer, text).text


def restored(restorer: Restorer, text: str) -> Restored:
    """`text` normalised, restored and normalised again, for slang and dialect that had lost their diacritics."""
    plain = normalise(text)
    result = restorer.restore(plain)
    return result if result.text == plain else Restored(normalise(result.text), result.confidence)
