"""Turns written Vietnamese into what a telephone says: numbers, days, codes and abbreviations in words, short pieces.

`speak` is a visible list of rewrites, most particular first; what a rewrite has said contains no digit any more, so no
later one touches it. Idempotent: spoken text stays as it is.
"""

from __future__ import annotations

import re

from knowledge.vocabulary import Message
from voice.rewrites import rewrites

SYLLABLES_PER_SECOND = 4.3
CHUNK_SECONDS = 20
PAPERS_AT_ONCE = 3
_NTH = "Thứ {}"


def speak(text: str) -> str:
    """`text` as it is said."""
    for pattern, said in rewrites():
        text = pattern.sub(said, text)
    text = re.sub(r"\s*\n\s*", ". ", text.strip())
    text = re.sub(r"([.!?:;])\s*[.;](?=\s|$)", r"\1", text)
    text = re.sub(r"(?:\s*,)+", ",", text)
    text = re.sub(r",\s*([.;:!?])", r"\1", text)
    return re.sub(r"\s+([,.;:!?])", r"\1", re.sub(r"\s+", " ", text)).strip(" ,")


def syllables(text: str) -> int:
    """How many syllables are said: Vietnamese writes each as a word."""
    return len(re.findall(r"\w+", text))


def seconds(text: str) -> float:
    """About how long `text` takes at an ordinary pace, pauses included."""
    return syllables(text) / SYLLABLES_PER_SECOND + 0.2 * len(re.findall(r"[.,;:?!]", text))


def chunks(spoken: str, most: float = CHUNK_SECONDS) -> tuple[str, ...]:
    """Pieces of at most `most` seconds, cut at sentences, else at commas, else between words."""
    pieces: list[str] = []
    for sentence in _cut(spoken, most):
        joined = f"{pieces[-1]} {sentence}" if pieces else sentence
        if pieces and seconds(joined) <= most:
            pieces[-1] = joined
        else:
            pieces.append(sentence)
    return tuple(pieces) or ("",)


def message_chunks(message: Message) -> tuple[str, ...]:
    """A reply's message in spoken pieces; papers are counted and then listed three at a time."""
    lines = message.text.split("\n")
    if message.aspect != "documents" or not any(line.startswith("- ") for line in lines):
        return chunks(speak(message.spoken or message.text))
    counted = re.split(r"(?<=\.) ", message.spoken, maxsplit=1)[0]
    parts = _papers([counted, *lines[1:]] if not lines[0].startswith("- ") else lines)
    return tuple(piece for part in parts for piece in chunks(speak(part), CHUNK_SECONDS - 2))


def _papers(lines: list[str]) -> list[str]:
    """Each part one paragraph: a head with its count and first three papers, then three papers each, then the rest.

    Of a paper its name, form and condition are said; notes are for the eye.
    """
    parts: list[str] = []
    head: list[str] = []
    papers: list[str] = []
    for line in (*lines, ""):
        if line.startswith("- "):
            papers.append(re.split(r"\. (?=[A-ZĐÀ-Ỹ])", line[2:], maxsplit=1)[0])
            continue
        if papers:
            parts += _counted(" ".join(head), papers)
            head, papers = [], []
        head.append(line)
    rest = " ".join(head).strip()
    return [*parts, rest] if rest else parts


def _counted(head: str, papers: list[str]) -> list[str]:
    count = head if re.search(r"\d+ loại", head) else f"{head.rstrip(' :.')}: {len(papers)} loại."
    rows = [f"{_NTH.format(n)}, {paper.rstrip('.')}." for n, paper in enumerate(papers, start=1)]
    parts = [" ".join(rows[i : i + PAPERS_AT_ONCE]) for i in range(0, len(rows), PAPERS_AT_ONCE)]
    return [f"{count} {parts[0]}", *parts[1:]]


def _cut(text: str, most: float) -> list[str]:
    found = [s.strip() for s in re.split(r"(?<=[.!?;])\s+", text) if s.strip()]
    short: list[str] = []
    for sentence in found:
        short += [sentence] if seconds(sentence) <= most else _cut_long(sentence, most)
    return short


def _cut_long(sentence: str, most: float) -> list[str]:
    parts, current = [], ""
    for word in re.findall(r"\S+", sentence):
        if current and seconds(f"{current} {word}") > most:
            at = current.rfind(", ")
            if at > len(current) // 2:
                parts.append(current[: at + 1])
                current = current[at + 2 :]
            else:
                parts.append(current)
                current = ""
        current = f"{current} {word}".strip()
    return [*parts, current]
