"""Rules about the words of one entry: out of date, scrambled, misspelt, not speakable, personal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from knowledge.entry import Faq, Procedure
from knowledge.lint.finding import Finding, texts
from knowledge.lint.stale import household_book, stale_district
from knowledge.text_syllable import is_bare_syllable, is_syllable, place_tone
from knowledge.text_tables import LANGUAGE

_PLACEHOLDER = re.compile(r"(?i)\s*(?:không có thông tin|chưa có|n/a|todo|tbd|xxx+|lorem ipsum.*|[-–.…?_\s]*)\s*")
_SCRAMBLED = re.compile(
    r"Tên giấy tờMẫu|Hình thức nộpThời|Tên văn bản pháp lýMã|Chọn cơ quan thực hiện|\ufffd|Ã[\x80-\xbf¡-¿]|áº|á»"
    r"|&[a-z]+;|</?[a-z]+>|[?]{3,}"
)
_GLUED = re.compile(r"[^\W\d_]+")
_SILENT = re.compile(r"[→←⇒•☐☑✓✔✗★|*#~^<>=\\`@\t]|_{2,}|\*\*|https?://")
_ACRONYM = re.compile(r"(?<![\w/-])[B-DF-HJ-NP-TV-XZĐ]{5,}(?!\w)")
_WORD = re.compile(r"[^\W\d_]+")
_PERSONAL = re.compile(
    r"(?<![\d.,/-])(?:\d{12}|\d{9}|(?:\+84|0)(?:3|5|7|8|9)(?:[ .]?\d){8})(?![\d.,/-]\d|\d)"
    r"|[\w.+-]+@(?:gmail|yahoo|outlook|hotmail)\.\w+"
)


def stale(entry: Procedure | Faq) -> Iterator[Finding]:
    """District wording outside `place.before`, which is there to hold it."""
    for path, text in texts(entry):
        if path != "place.before" and (words := stale_district(text)):
            yield Finding(entry.id, "stale-district", path, words)


def book(entry: Procedure | Faq) -> Iterator[Finding]:
    """A paper household book that is asked for."""
    for path, text in texts(entry):
        if not path.startswith("legal_basis") and (words := household_book(text)):
            yield Finding(entry.id, "household-book", path, words)


def empty(entry: Procedure | Faq) -> Iterator[Finding]:
    """A text that is there but says nothing."""
    for path, text in texts(entry, colloquial=True):
        if _PLACEHOLDER.fullmatch(text):
            yield Finding(entry.id, "empty-field", path, text)


def scrambled(entry: Procedure | Faq) -> Iterator[Finding]:
    """Page furniture, broken encoding, decomposed letters or words that run together."""
    for path, text in texts(entry, colloquial=True):
        match = _SCRAMBLED.search(text)
        if match or text != unicodedata.normalize("NFC", text):
            yield Finding(entry.id, "scrambled", path, match[0] if match else text[:40])
        elif glued := next((word for word in _GLUED.findall(text) if _runs_together(word)), None):
            yield Finding(entry.id, "scrambled", path, glued)


def _runs_together(word: str) -> bool:
    """Two Vietnamese syllables without a space, the second with a capital: ``phíDịch``."""
    cut = next((at for at in range(1, len(word)) if word[at - 1].islower() and word[at].isupper()), None)
    if cut is None:
        return False
    first, second = word[:cut].lower(), word[cut:].lower()
    accented = not word.isascii()
    return accented and len(first) > 1 and len(second) > 1 and is_syllable(place_tone(first))


def unspeakable(entry: Procedure | Faq) -> Iterator[Finding]:
    """Signs and strings of letters that a voice cannot say."""
    for path, text in texts(entry):
        if path.startswith(("legal_basis", "decision", "forms")) or path.endswith(".template"):
            continue
        match = _SILENT.search(text) or _ACRONYM.search(text) or _symbol(text)
        if match:
            yield Finding(entry.id, "unspeakable", path, match[0])


def _symbol(text: str) -> str | None:
    return next((c for c in text if unicodedata.category(c) in ("So", "Co", "Cs", "Sk")), None)


def personal(entry: Procedure | Faq) -> Iterator[Finding]:
    """Identity numbers, mobile numbers and private addresses; a hotline of a service is none."""
    for path, text in texts(entry, colloquial=True):
        if match := _PERSONAL.search(text):
            yield Finding(entry.id, "personal-data", path, match[0])


def misspelt(entry: Procedure | Faq) -> Iterator[Finding]:
    """Words that are no Vietnamese syllable, unless `lint/words.txt` or the table of foreign words has them."""
    for path, text in texts(entry):
        if path.startswith(("legal_basis", "decision", "forms")) or path.endswith(".template"):
            continue
        for word in _WORD.findall(re.sub(r"\{\w+\}|\S*(?:\.\w+)+\S*|\S*@\S*", " ", text)):
            if not _known(word):
                yield Finding(entry.id, "misspelt", path, word)


def _known(word: str) -> bool:
    lower = word.lower()
    if len(word) == 1 or (word.isupper() and len(word) <= 8) or lower in _allowed():
        return True
    if any(c.isupper() for c in word[1:]):
        return True
    return is_bare_syllable(lower) if lower.isascii() else is_syllable(place_tone(lower))


@lru_cache(maxsize=1)
def _allowed() -> frozenset[str]:
    ours = Path(__file__).with_name("words.txt").read_text(encoding="utf-8")
    return frozenset((ours + (LANGUAGE / "english_words.txt").read_text(encoding="utf-8")).lower().split())
