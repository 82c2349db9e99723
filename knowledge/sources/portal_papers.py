"""The portal's flattened table of papers: name, form files, number of originals and copies, by case.

A row ends with its count cell (``1 bản chính,1 bản sao``); counts inside a name are written with a leading zero, are
followed by more words, or both. A group of rows starts with the titles of the columns, before them the name of a case.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.sources.legal_numbers import NUMBER

HEAD = "Tên giấy tờMẫu đơn, tờ khaiSố lượng"
_COUNT = re.compile(
    r"(?:(?<![\d])|(?<=\d{2})|(?<=[1-9]))"
    r"(?:(?P<originals>\d) bản chính(?:,(?P<copies>\d+) bản sao)?|(?P<only_copies>\d) bản sao)"
    r"(?=$|[^\s.,;:)/]|[.,;](?=[^\W\d_])|[.,;]?\s*(?:[-+*•]|$))"
)
_FILE = re.compile(r"\.(?:docx?|xlsx?|pdf|rtf|odt|jpe?g|png|zip|rar)", re.IGNORECASE)
_BULLET = re.compile(r"^(?:[-–+*•,;.\s]|\(?(?:[ivx]{1,4}|[a-zđ]|\d{1,2})[.)](?=\s|[A-ZĐ]))+")
_NO_PAPER = re.compile(r"Số lượng hồ sơ|Số bộ hồ sơ|Số lượng\s*:|Số lượng$|Thành phần hồ sơ\s*:?$", re.IGNORECASE)
_FORM_NUMBER = re.compile(r"mẫu số \d{1,3}\.$", re.IGNORECASE)
_LONGEST_FILE_NAME = 120


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One paper: how many originals and copies, the case it belongs to, and the names of its form files."""

    name: str
    originals: int
    copies: int
    case: str | None = None
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PaperTable:
    """The papers of a procedure, and the rows and remains of text that are no paper."""

    papers: tuple[PaperRow, ...]
    notes: tuple[str, ...]


def paper_table(text: str) -> PaperTable:
    """The papers of a flattened table; a text without its column titles comes back whole as a note."""
    parts = text.split(HEAD)
    if len(parts) == 1:
        return PaperTable((), (text.strip(),) if text.strip(" -") else ())
    papers: list[PaperRow] = []
    notes: list[str] = []
    case = _case(parts[0])
    for part in parts[1:]:
        rest = _add_rows(part, case, papers, notes)
        case = _case(rest)
    if case:
        notes.append(case)
    return PaperTable(tuple(papers), tuple(notes))


def _add_rows(part: str, case: str | None, papers: list[PaperRow], notes: list[str]) -> str:
    """Adds the rows of one group; gives the text behind its last row: the title of the next group."""
    start = 0
    for match in _COUNT.finditer(part):
        name, files = _split_files(part[start : match.start()])
        start = match.end()
        originals, copies = int(match["originals"] or 0), int(match["copies"] or match["only_copies"] or 0)
        if not name:
            continue
        if _NO_PAPER.match(name) or not (originals or copies):
            notes.append(name)
        else:
            papers.append(PaperRow(name, originals, copies, case, files))
    return part[start:]


def _split_files(cell: str) -> tuple[str, tuple[str, ...]]:
    """The name of a paper, and the form files whose names follow it without a space."""
    ends = [match.end() for match in _FILE.finditer(cell)]
    if not ends or ends[-1] < len(cell.rstrip()):
        return _clean(cell), ()
    first = cell[: ends[0]]
    nearest = range(max(1, len(first) - _LONGEST_FILE_NAME), len(first))
    numbers = {match.end() for match in NUMBER.finditer(first)}
    cut = next((at for at in nearest if _glued(first, at) or (at in numbers and first[at].isalpha())), len(first))
    starts = [cut, *ends[:-1]]
    return _clean(cell[:cut]), tuple(cell[start:end] for start, end in zip(starts, ends, strict=True) if start < end)


def _glued(text: str, at: int) -> bool:
    """Whether a new cell starts at `at`: a capital or a digit right behind a small letter or the end of a sentence.

    The full stop in the number of a form, ``Mẫu số 14.QLT``, ends no sentence.
    """
    before, after = text[at - 1], text[at]
    within = _FORM_NUMBER.search(text, 0, at) and text[at : at + 2].isupper()
    return (before.islower() or before in ';.)”"') and (after.isupper() or after.isdigit()) and not within


def _case(text: str) -> str | None:
    return _clean(text.replace("--", "")) or None


def _clean(text: str) -> str:
    text = re.sub(r"\s+", " ", _BULLET.sub("", text.strip()))
    return re.sub(r" ?;[; .]*", "; ", text).strip(" .;,:-–")
