"""Normalisation of Vietnamese as citizens type, say and mis-hear it. Standard library and PyYAML only.

`normalise` is safe for a correctly written text: it only unifies spellings, expands abbreviations, replaces words of
the tables in ``language/`` and puts numbers in figures. Missing diacritics are the business of `knowledge.restorer`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from knowledge.text_numbers import in_figures
from knowledge.text_syllable import deaccent, from_telex, from_vni, is_bare_syllable, is_syllable, place_tone
from knowledge.text_tables import LANGUAGE, Row, phrases, word_rows

__all__ = ["accented_share", "deaccent", "normalise", "syllables", "unify"]

_WORD = re.compile(r"[^\W_]+")
_PIECE = re.compile(r"[^\W_]+|\s+|[^\w\s]+|_+")
_EMOTICON = re.compile(r"(?<!\w)(?:[:;=]['-]?[()DPp3*]+|=\)+|\^[_.]?\^|<3+|:v|T[_.]T|-{1,2}['!]?-)(?!\w)")
_VOWEL = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵ"
_STRETCH = re.compile(rf"([{_VOWEL}])\1{{2,}}|(?<=[{_VOWEL}])([^\W\d_])\2{{2,}}", re.IGNORECASE)
_SPACES = re.compile(r"\s+")
_CODE = re.compile(r"\w*\d[\w./-]*[./-][\w./-]+|\S+@\S+|https?://\S+|www\.\S+|\w+(?:\.\w+)*\.(?:vn|com)\b")
_ROMAN = re.compile(r"[vx]*i{3}", re.IGNORECASE)
_JOINERS = frozenset("./-&'’")
_ROUNDS = 4
_ACCENTED = 0.3


class _Letters(dict[int, int | None]):
    """For `str.translate`: look-alikes of Vietnamese letters, invisible characters dropped, symbols made spaces."""

    def __missing__(self, code: int) -> int | None:
        symbol = unicodedata.category(chr(code)) in ("So", "Cs", "Co", "Cn", "Cc")
        return self.setdefault(code, ord(" ") if symbol else code)


_LETTERS = _Letters(dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\ufe0e\ufe0f")))
_LETTERS.update({ord("Ð"): ord("Đ"), ord("ð"): ord("đ"), 0xA0: ord(" ")})


@lru_cache(maxsize=16384)
def normalise(text: str) -> str:
    """`text` in one spelling with slang, dialect, abbreviations, typing residue and numbers put into plain Vietnamese.

    Idempotent and total: any string is accepted. Case is kept where a word is kept.
    """
    for _ in range(_ROUNDS):
        again = in_figures(_replace_words(unify(text)))
        if again == text:
            break
        text = again
    return text


def unify(text: str) -> str:
    """`text` in NFC with one tone placement, real ``Đ``, no emoji, no stretched letters and single spaces."""
    text = unicodedata.normalize("NFC", text).translate(_LETTERS)
    text = _EMOTICON.sub(" ", text)
    text = _WORD.sub(lambda match: place_tone(_shortened(match[0])), text)
    return unicodedata.normalize("NFC", _SPACES.sub(" ", text).strip())


def _shortened(word: str) -> str:
    """`word` without stretched letters; III is a number."""
    return word if _ROMAN.fullmatch(word) else _STRETCH.sub(lambda match: match[0][0], word)


def syllables(text: str) -> list[str]:
    """The lower-case words of `text`, in order; punctuation is dropped."""
    return _WORD.findall(text.lower())


def accented_share(text: str) -> float:
    """The share of the words of `text` that carry a diacritic, 0.0 to 1.0; 1.0 for a text without words."""
    words = [word for word in syllables(text) if not word.isdigit()]
    return sum(deaccent(word) != word for word in words) / len(words) if words else 1.0


@lru_cache(maxsize=1)
def _english() -> frozenset[str]:
    return frozenset((LANGUAGE / "english_words.txt").read_text(encoding="utf-8").split())


def _replace_words(text: str) -> str:
    pieces = _PIECE.findall(text)
    words = [i for i, piece in enumerate(pieces) if piece[0].isalnum()]
    kept = _code_pieces(text, pieces) | _phrase_pieces(pieces, words)
    accented = accented_share(text) >= _ACCENTED
    shouted = text.isupper()
    out, position = list(pieces), 0
    while position < len(words):
        row = None if words[position] in kept else _matching(pieces, words, position, accented, shouted)
        if row is None:
            if words[position] not in kept and (shouted or not _acronym(pieces[words[position]])):
                out[words[position]] = _typed(pieces[words[position]])
            position += 1
            continue
        last = words[position + len(row.words) - 1]
        first = words[position]
        out[first] = _cased(pieces[first], row.means)
        out[first + 1 : last + 1] = [""] * (last - first)
        position += len(row.words)
    return _SPACES.sub(" ", "".join(out)).strip()


def _code_pieces(text: str, pieces: list[str]) -> set[int]:
    """Which pieces belong to a code, a link or an address, and stay as they are."""
    spans = [match.span() for match in _CODE.finditer(text)]
    if not spans:
        return set()
    kept, at = set(), 0
    for i, piece in enumerate(pieces):
        if any(start <= at < end for start, end in spans):
            kept.add(i)
        at += len(piece)
    return kept


def _phrase_pieces(pieces: list[str], words: list[int]) -> set[int]:
    """Which pieces belong to a phrase whose words stay as they are."""
    kept: set[int] = set()
    for position, at in enumerate(words):
        for phrase in phrases().get(pieces[at].lower(), ()):
            if _adjacent(pieces, words, position, phrase):
                kept.update(words[position : position + len(phrase)])
    return kept


def _acronym(word: str) -> bool:
    return len(word) > 1 and word.isupper()


def _matching(pieces: list[str], words: list[int], position: int, accented: bool, shouted: bool) -> Row | None:
    first = pieces[words[position]]
    if len(first) == 1 and first.isupper() and position > 0:
        return None
    acronym = _acronym(first) and not shouted
    for row in word_rows().get(first.lower(), ()):
        if not (accented or row.slang) or (acronym and row.casual) or not _adjacent(pieces, words, position, row.words):
            continue
        end = position + len(row.words)
        if row.fits(_neighbour(pieces, words, position - 1), _neighbour(pieces, words, end)):
            return row
    return None


def _neighbour(pieces: list[str], words: list[int], position: int) -> str:
    """A word beside those of a row, ``""`` where there is none."""
    return pieces[words[position]].lower() if 0 <= position < len(words) else ""


def _adjacent(pieces: list[str], words: list[int], position: int, said: tuple[str, ...]) -> bool:
    """Whether the words of `said` stand here, with a space or a joiner between them."""
    if position + len(said) > len(words):
        return False
    for offset, word in enumerate(said):
        at = words[position + offset]
        if pieces[at].lower() != word:
            return False
        between = pieces[words[position + offset - 1] + 1 : at] if offset else [" "]
        if len(between) != 1 or not (between[0].isspace() or between[0] in _JOINERS):
            return False
    return True


def _cased(original: str, replacement: str) -> str:
    return replacement[:1].upper() + replacement[1:] if original[:1].isupper() and replacement else replacement


@lru_cache(maxsize=16384)
def _typed(word: str) -> str:
    """`word` with telex or VNI keys applied when it cannot be read as it is and the keys make a syllable."""
    lower = word.lower()
    if len(lower) < 3 or lower.isdigit() or is_syllable(lower) or is_bare_syllable(lower) or lower in _english():
        return word
    if any(c.isdigit() for c in lower):
        spelled = from_vni(lower) if re.fullmatch(r"[^\W\d_]{2,}[1-9]{1,3}[^\W\d_]*\d?|d9.*", lower) else None
    else:
        spelled = from_telex(lower)
    return _cased(word, spelled) if spelled and len(spelled) < len(lower) else word
