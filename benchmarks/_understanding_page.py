"""The report page of the benchmark of understanding: Markdown with plots beside its figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks._asked import VERDICTS, Got
from benchmarks._plots import draw

FOLDER = Path(__file__).with_name("results") / "understanding"
PAGE = FOLDER / "README.md"
CONFUSIONS = 40
_COLUMNS = ("n", "first", "among five", *VERDICTS)
_HEAD = """# How citizens' questions are understood

Written by `make bench S=understanding`. Questions: `tests/questions`, to which nothing is fitted; entries: all written
ones and the whole catalogue. **right**: answered with the right entry. **offered**: asked back with it among three
choices. **asked in vain**: asked back without it. **wrong**: answered with another entry. **refused**: sent to a
person. *first* and *among five* say where the right entry came, whatever was done with it. The rows of *catalogue* are
procedures for which nobody wrote common names; questions on others of them, `knowledge/language/unnamed.tsv`, are
learned from.
"""


def write(
    figures: Mapping[str, Any], answers: Mapping[tuple[str, str], Sequence[Got]], titles: Mapping[str, str]
) -> None:
    """Write the page and its plots. titles: of all entries, by id."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    asked = answers["procedures", "as is"]
    draw(FOLDER, asked, figures["channels"])
    PAGE.write_text("\n".join([_HEAD, *_tables(figures), *_details(figures, asked, titles)]), encoding="utf-8")


def _tables(figures: Mapping[str, Any]) -> list[str]:
    channels = "## By channel\n\nThe same questions, paired.\n\n![Verdicts by channel](channels.svg)\n"
    unanswerable = _table({"out of scope": figures["out of scope"], "too vague": figures["vague"]})
    return [
        channels, _table(figures["channels"]), "## By style\n", _table(figures["styles"]),
        "## What must not be answered\n", unanswerable,
    ]  # fmt: skip


def _details(figures: Mapping[str, Any], asked: Sequence[Got], titles: Mapping[str, str]) -> list[str]:
    sure = f"""## How sure it is

Questions on written procedures as they are. Expected calibration error over tenths: {figures["calibration error"]:.3f}.

![Risk and coverage](risk_coverage.svg) ![Probability and truth](calibration.svg)
"""
    aspects = f"## Aspects\n\nRight where the entry is: {figures['aspect right where the entry is']:.3f}.\n"
    confusions = "## Confusions\n\nQuestions on written procedures whose entry did not come first, surest first.\n"
    return [sure, aspects, _aspects(asked), confusions, _confusions(asked, titles)]


def _table(rows: Mapping[str, Mapping[str, float]]) -> str:
    head = f"| | {' | '.join(_COLUMNS)} |\n|---|{'---:|' * len(_COLUMNS)}\n"
    return head + "".join(f"| {name} | {' | '.join(_cell(row[c]) for c in _COLUMNS)} |\n" for name, row in rows.items())


def _cell(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def _aspects(asked: Sequence[Got]) -> str:
    wrong = Counter((got.wanted.aspect, got.aspect) for got in asked if got.right_aspect is False)
    rows = "".join(f"| {asks} | {taken} | {n} |\n" for (asks, taken), n in wrong.most_common())
    return f"| asked | taken for | questions |\n|---|---|---:|\n{rows}"


def _confusions(asked: Sequence[Got], titles: Mapping[str, str]) -> str:
    missed = [got for got in asked if got.place != 0]
    rows = "".join(
        f"| {got.wanted.text} | {' / '.join(titles.get(id_, id_) for id_ in sorted(got.wanted.ids))} "
        f"| {titles.get(got.first or '', '')} | {got.verdict} |\n"
        for got in sorted(missed, key=lambda got: -got.probability)[:CONFUSIONS]
    )
    return f"| question | wanted | came first | verdict |\n|---|---|---|---|\n{rows}"
