"""Whether the repository holds running text of the portal: runs of twelve words of its steps, conditions and remarks.

``run(path)`` needs the portal export, which is not part of the repository: ``PORTAL_EXPORT`` says where it lies. Titles
and names of papers, offices, results and documents may be repeated.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from knowledge.sources.files import read_rows
from knowledge.sources.portal_channels import channel_rows

ROOT = Path(__file__).parents[1]
WORDS = 12
"""From how many words on a run counts."""
_RUNNING = ("trinh_tu_thuc_hien", "yeu_cau_dieu_kien")
_NAMES = (
    "ten_thu_tuc", "linh_vuc", "thanh_phan_ho_so", "can_cu_phap_ly", "ket_qua_xu_ly", "co_quan_co_tham_quyen",
    "co_quan_thuc_hien", "dia_chi_tiep_nhan",
)  # fmt: skip
_WORD = re.compile(r"\w+")


def run(path: Path | None = None) -> dict[str, int | dict[str, int]]:
    """How many files were read, how many hold such a run, and how many runs each of those holds.

    path: the portal export (JSONL, CSV or XLSX; gzip allowed); by default the file that `PORTAL_EXPORT` names.
    """
    known = _known(path or Path(os.environ["PORTAL_EXPORT"]))
    files = dict(texts_of_repository())
    found = {name: runs_in(text, known) for name, text in files.items()}
    for name, runs in found.items():
        for said in runs:
            print(f"{name}: {said}")
    hits = {name: len(runs) for name, runs in found.items() if runs}
    return {"files": len(files), "files with runs": len(hits), "runs": hits}


def runs_in(text: str, known: set[int]) -> list[str]:
    """The runs of `text` that are among the `known` ones, none overlapping another."""
    words = _WORD.findall(text.lower())
    found, at = [], 0
    while at <= len(words) - WORDS:
        said = " ".join(words[at : at + WORDS])
        same = hash(said) in known
        found += [said] if same else []
        at += WORDS if same else 1
    return found


def runs_of(texts: Iterable[str]) -> set[int]:
    """The hashes of every run of words in `texts`."""
    runs = set()
    for text in texts:
        words = _WORD.findall(text.lower())
        runs |= {hash(" ".join(words[at : at + WORDS])) for at in range(len(words) - WORDS + 1)}
    return runs


def _known(path: Path) -> set[int]:
    """The runs of the portal's running text that are in no title or name."""
    running: set[int] = set()
    names: set[int] = set()
    for row in read_rows(path):
        remarks = [channel.remark for channel in channel_rows(row.values.get("cach_thuc_thuc_hien", ""))]
        running |= runs_of([*(row.values.get(column, "") for column in _RUNNING), *remarks])
        names |= runs_of(row.values.get(column, "") for column in _NAMES)
    return running - names


def texts_of_repository() -> Iterable[tuple[str, str]]:
    """Name and text of every text file that git tracks."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        try:
            yield name, (ROOT / name).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue
