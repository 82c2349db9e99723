"""Names of persons: after "tôi tên", "chủ hồ sơ là", "bà …", and full names that stand alone.

Where capitals say nothing, a name is a family name and syllables of given names.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.personal.reading import Found, Reading, Word
from bot.personal.wordlists import wordlist

_MOST = 5
_JOINTS = frozenset((" ", ": ", " : ", ":", " - ", "- "))
_MIDDLE = ("thị", "văn")
_INSTITUTION = frozenset(("công ty", "hợp tác", "ủy ban", "hộ kinh", "hồ sơ", "việt nam", "doanh nghiệp"))


def names(reading: Reading) -> Iterator[Found]:
    """The names of persons in a text."""
    words = reading.words
    i = 0
    while i < len(words):
        start, end = _announced(reading, i)
        if end <= start:
            start, end = i, _standing_alone(reading, i)
        if end > start:
            yield reading.found(words[start].start, words[end - 1].end, "name")
        i = max(i + 1, end if end > start else 0)


def _announced(reading: Reading, i: int) -> tuple[int, int]:
    """Where the name that the word i announces starts and ends, as indices of words; the same twice when none is."""
    words = reading.words
    if words[i].reads("tên"):
        at = i + 1
        while at < min(i + 7, len(words)) and _filler(reading, at) and reading.gap(at - 1) in _JOINTS:
            at += 1
        return at, _name(reading, at, sure=True) if reading.gap(at - 1) in _JOINTS else at
    title = words[i] in wordlist("titles") or (words[i].reads("cầu") and i and words[i - 1].reads("yêu"))
    if title and reading.gap(i).strip() in ("", ":") and not _called_a_place(reading, i):
        return i + 1, _name(reading, i + 1, sure=False)
    return i, i


def _called_a_place(reading: Reading, i: int) -> bool:
    return i > 0 and reading.words[i - 1] in wordlist("places") and reading.gap(i - 1) == " "


def _filler(reading: Reading, i: int) -> bool:
    word = reading.words[i]
    return word in wordlist("called") and (reading.shouted or not word.capital or reading.gap(i).strip() == ":")


def _name(reading: Reading, i: int, *, sure: bool) -> int:
    """Where the name that starts at the word i ends; i when none starts there. sure: whether a single word will do."""
    if i >= len(reading.words) or reading.words[i].plain[0].isdigit():
        return i
    if not reading.shouted and reading.words[i].capital:
        end = _capitals(reading, i)
        surnamed = end - i >= 2 and _surname(reading.words[i])
        if surnamed or (sure and not _excluded(reading, i)):
            return end
    return _lower_case(reading, i, sure=sure)


def _excluded(reading: Reading, i: int) -> bool:
    pair = " ".join(word.text for word in reading.words[i : i + 2])
    return reading.words[i] in wordlist("not_names") or pair in _INSTITUTION


def _capitals(reading: Reading, i: int) -> int:
    end = i + 1
    while end < i + _MOST and reading.gap(end - 1) == " " and _capital(reading.words[end]):
        end += 1
    return end


def _capital(word: Word) -> bool:
    return word.capital and not any(c.isdigit() for c in word.plain)


def _lower_case(reading: Reading, i: int, *, sure: bool) -> int:
    words, given = reading.words, wordlist("given")
    if words[i] not in wordlist("surnames"):
        return _single(reading, i) if sure else i
    end = i + 1
    middle = end < len(words) and words[end].reads(*_MIDDLE) and reading.gap(i) == " "
    if middle and reading.gap(end) == " " and words[end + 1] not in wordlist("not_names"):
        end += 2
    while end < min(i + _MOST, len(words)) and reading.gap(end - 1) == " " and words[end] in given:
        end += 1
    if end - i >= 2 and (middle or _certain(words[i:end], sure=sure)):
        return end
    return _single(reading, i) if sure else i


def _certain(words: list[Word], *, sure: bool) -> bool:
    """Whether words in lower case are a name and not everyday words that look like one without diacritics."""
    if any(word.text != word.plain for word in words):
        return True
    return words[0] in wordlist("clear_surnames") and len(words) >= (2 if sure else 3)


def _single(reading: Reading, i: int) -> int:
    """Where a given name alone ends, which nothing but a particle follows: "em tên linh ạ"."""
    word = reading.words[i]
    named = word in wordlist("given") and word not in wordlist("not_names") and _closed(reading, i)
    return i + 1 if named else i


def _surname(word: Word) -> bool:
    return word in wordlist("surnames") or word in wordlist("capital_surnames")


def _closed(reading: Reading, i: int) -> bool:
    """Whether the clause ends after the word i, but for a polite particle."""
    after = reading.words[i + 1] if i + 1 < len(reading.words) else None
    return after is None or reading.gap(i) != " " or after in wordlist("closers")


def _standing_alone(reading: Reading, i: int) -> int:
    """Where a capitalised full name that nothing announces ends: with Thị or Văn, or when it is the whole message."""
    word = reading.words[i]
    if reading.shouted or not word.capital or not _surname(word) or _called_a_place(reading, i):
        return i
    end = _capitals(reading, i)
    whole = i == 0 and end == len(reading.words) and end >= 3
    middle = end - i >= 3 and reading.words[i + 1].reads(*_MIDDLE)
    return end if whole or middle else i
