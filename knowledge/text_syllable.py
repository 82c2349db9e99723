"""The structure of a Vietnamese syllable: letters, tone, telex and VNI keys.

Only the standard library: Rasa's old environment imports this too.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

TONES = {"\u0301": "s", "\u0300": "f", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
"""Combining tone mark → the telex key that types it."""

_MARK_OF_KEY = {key: mark for mark, key in TONES.items()}
_VNI_TONE = dict(zip("12345", "sfrxj", strict=True))
_VOWELS = frozenset("aăâeêioôơuưy")

_LIST = re.compile(r"\S+")
ONSETS = tuple(_LIST.findall("ngh ng nh gh gi kh ph qu th tr ch b c d đ g h k l m n p r s t v x"))
RIMES = frozenset(
    _LIST.findall("""a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et ê êch êm ên ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu
    o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong oong ooc
    op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uân uâng uât uây uc uê uêch uên uênh ui um un ung uôc uôi
    uôm uôn uông uôt up ut uơ uy uya uych uynh uyên uyêt uyt uyu uyn ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp
    ươt ươu ưt ưu y yêm yên yêng yêt yêu ynh yt ych yn""")
)
_SHAPE = re.compile(rf"({'|'.join(ONSETS)})?([{''.join(sorted(_VOWELS))}]+(?:ng|nh|ch|[cmnpt])?)")


@lru_cache(maxsize=65536)
def deaccent(text: str) -> str:
    """`text` without any diacritics: ``Đăng ký`` → ``Dang ky``."""
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


_BARE_RIMES = frozenset(deaccent(rime) for rime in RIMES)
_BARE_SHAPE = re.compile(rf"({'|'.join(o for o in ONSETS if o != 'đ')})?([aeiouy]+(?:ng|nh|ch|[cmnpt])?)")


def split_tone(word: str) -> tuple[str, str]:
    """The letters of `word` without the tone (``đường`` → ``đương``) and the telex key of the tone, or ``""``."""
    tone, letters = "", []
    for c in unicodedata.normalize("NFD", word):
        if c in TONES:
            tone = TONES[c]
        else:
            letters.append(c)
    return unicodedata.normalize("NFC", "".join(letters)), tone


@lru_cache(maxsize=65536)
def is_syllable(word: str) -> bool:
    """Whether the lower-case `word` can be a Vietnamese syllable: a known onset and rime with a tone it allows."""
    toneless, tone = split_tone(word)
    match = _SHAPE.fullmatch(toneless)
    if not match or not _rime_fits(match[1] or "", match[2], RIMES):
        return False
    return tone in "sj" and tone != "" if re.search(r"(?:ch|[cpt])$", match[2]) else True


@lru_cache(maxsize=65536)
def is_bare_syllable(word: str) -> bool:
    """Whether the lower-case `word` without diacritics can be a Vietnamese syllable typed without them."""
    match = _BARE_SHAPE.fullmatch(word)
    return match is not None and _rime_fits(match[1] or "", match[2], _BARE_RIMES)


def _rime_fits(onset: str, rime: str, rimes: frozenset[str]) -> bool:
    if rime in rimes:
        return True
    return {"qu": "u", "gi": "i"}.get(onset, "-") + rime in rimes


@lru_cache(maxsize=65536)
def place_tone(word: str) -> str:
    """`word` with its tone where the older spelling puts it, whatever the typist did: ``hoà`` → ``hòa``.

    A word that is no Vietnamese syllable comes back unchanged. Case is kept.
    """
    toneless, tone = split_tone(word)
    if not tone:
        return word
    match = _SHAPE.fullmatch(toneless.lower())
    if not match:
        return word
    rime = match[2] if match[1] or match[2] else ""
    vowels = len(rime) - len(rime.lstrip("".join(_VOWELS)))
    start = len(toneless) - len(rime)
    at = start + _tone_position(rime, vowels)
    return unicodedata.normalize("NFC", toneless[: at + 1] + _MARK_OF_KEY[tone] + toneless[at + 1 :])


def _tone_position(rime: str, vowels: int) -> int:
    marked = [i for i in range(vowels) if rime[i] in "ăâêôơư"]
    if marked:
        return marked[-1]
    if vowels < len(rime):
        return vowels - 1
    return 1 if vowels == 3 else 0


@lru_cache(maxsize=16384)
def from_telex(word: str) -> str | None:
    """The syllable that the telex keys in `word` stand for (``ddaatj`` → ``đật``), or None when they make none.

    Letters already accented are taken as they are, so half-converted input (``cưowcs``) is understood too.
    """
    lower, tone = split_tone(word.lower())
    letters: list[str] = []
    for i, key in enumerate(lower):
        if key in "sfrxj" and i > 0 and any(c in _VOWELS for c in letters):
            tone = key
        elif not _type_mark(letters, key):
            letters.append(key)
    return _syllable("".join(letters), tone)


def _type_mark(letters: list[str], key: str) -> bool:
    """Applies a telex letter key (``aa``, ``dd``, ``w``…) to what is typed so far; False when it is a plain letter."""
    if key in "aeod":
        for at in range(len(letters) - 1, -1, -1):
            if letters[at] == key and (key != "d" or at == 0):
                letters[at] = {"a": "â", "e": "ê", "o": "ô", "d": "đ"}[key]
                return True
        return False
    if key != "w":
        return False
    changed = False
    for at, letter in enumerate(letters):
        if letter in "uo" or (letter == "a" and not changed):
            if letter == "u" and at > 0 and letters[at - 1] == "q":
                continue
            letters[at] = {"u": "ư", "o": "ơ", "a": "ă"}[letter]
            changed = True
    if not changed and not any(c in _VOWELS for c in letters):
        letters.append("ư")
        return True
    return changed or any(c in "ươă" for c in letters)


@lru_cache(maxsize=16384)
def from_vni(word: str) -> str | None:
    """The syllable that the VNI digits in `word` stand for (``d9a6t1`` → ``đất``), or None when they make none."""
    lower, tone = split_tone(word.lower())
    letters: list[str] = []
    for key in lower:
        if key in _VNI_TONE:
            tone = _VNI_TONE[key]
        elif key in "6789":
            if not _type_digit(letters, key):
                return None
        else:
            letters.append(key)
    return _syllable("".join(letters), tone)


def _type_digit(letters: list[str], key: str) -> bool:
    table = {"6": {"a": "â", "e": "ê", "o": "ô"}, "7": {"u": "ư", "o": "ơ"}, "8": {"a": "ă"}, "9": {"d": "đ"}}[key]
    hits = [i for i, c in enumerate(letters) if c in table]
    for at in hits if key == "7" else hits[-1:]:
        letters[at] = table[letters[at]]
    return bool(hits)


def _syllable(toneless: str, tone: str) -> str | None:
    if not any(c in _VOWELS for c in toneless):
        return None
    at = next(i for i, c in enumerate(toneless) if c in _VOWELS)
    spelled = unicodedata.normalize("NFC", toneless[: at + 1] + _MARK_OF_KEY.get(tone, "") + toneless[at + 1 :])
    placed = place_tone(spelled)
    return placed if is_syllable(placed) else None


_SOUND_ONSETS = (
    ("ngh", "ng"),
    ("gh", "g"),
    ("tr", "ch"),
    ("gi", "d"),
    ("r", "d"),
    ("x", "s"),
    ("n", "l"),
    ("k", "c"),
    ("qu", "cu"),
    ("f", "ph"),
)


@lru_cache(maxsize=65536)
def sound_key(word: str) -> str:
    """What people and recognisers mix up, merged: no diacritics, s/x, ch/tr, d/gi/r, n/l, final n/ng/nh and t/c/ch.

    ``xinh`` and ``sinh`` share a key, ``trú`` and ``chú`` too.
    """
    bare = deaccent(word.lower())
    for spelled, heard in _SOUND_ONSETS:
        if bare.startswith(spelled) and not (spelled == "n" and bare[:2] in ("ng", "nh")):
            bare = heard + bare[len(spelled) :]
            break
    bare = re.sub(r"(?:ng|nh)$", "n", bare) if len(bare) > 3 else bare
    return re.sub(r"(?:ch|c)$", "t", bare).replace("y", "i") if len(bare) > 2 else bare.replace("y", "i")
