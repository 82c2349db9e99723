"""How citizens' questions are understood: by style and channel, with calibration, confusions, aspects, out of scope.

The questions are those of ``tests/questions``, which nothing is fitted to. Each is asked of a snapshot of all entries,
written and imported, as it stands and spoilt as channels spoil it. Besides the figures a report with plots is written.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks._asked import Got, Wanted, ask, labelled, shares, wanted
from benchmarks._distorted import CHANNELS
from benchmarks._plots import calibration_error
from benchmarks._understanding_page import write
from knowledge.catalogue import load_catalogue
from knowledge.live import LiveKnowledge
from knowledge.province import load_profile
from knowledge.publish import LiveSnapshot, Press, publish
from knowledge.seeding import load_seed, sync
from settings import get_settings
from store import migrate
from store.engine import Database

SETS = ("procedures", "faq", "catalogue")
AS_IS = "as is"
Answers = dict[tuple[str, str], list[Got]]


def run() -> dict[str, Any]:
    """Shares of right, offered, wrong and refused by set, channel and style."""
    with tempfile.TemporaryDirectory() as folder:
        knowledge = _published(Path(folder))
        answers = {
            (name, channel): _asked(knowledge, wanted(name), spoil)
            for name in SETS
            for channel, spoil in CHANNELS.items()
        }
        outside = _asked(knowledge, labelled("out_of_scope"), CHANNELS[AS_IS])
        vague = _asked(knowledge, labelled("vague"), CHANNELS[AS_IS])
        titles = {entry.id: entry.title for entry in knowledge.entries.values()}
    figures = _figures(answers, outside, vague)
    write(figures, answers, titles)
    return figures


def _published(folder: Path) -> LiveKnowledge:
    database = Database(f"sqlite:///{folder / 'motcua.db'}")
    migrate.upgrade(database)
    seed = load_seed()
    with database.write() as session:
        sync(session, [*seed, *load_catalogue(without={entry.id for entry in seed})])
    press = Press.of(database, folder, get_settings().encoder_path)
    publish(press, "benchmark", gate=False)
    knowledge = LiveKnowledge(LiveSnapshot(press), load_profile("tinh-mau"))
    knowledge.load()
    database.close()
    return knowledge


def _asked(knowledge: LiveKnowledge, questions: Sequence[Wanted], spoil: Callable[[str], str]) -> list[Got]:
    return [ask(knowledge, question, spoil(question.text)) for question in questions]


def _figures(answers: Answers, outside: list[Got], vague: list[Got]) -> dict[str, Any]:
    channels = {f"{name}, {channel}": shares(got) for (name, channel), got in answers.items()}
    styles = {
        f"{name}, {style}": shares([got for got in answers[name, AS_IS] if got.wanted.style == style])
        for name in SETS
        for style in sorted({got.wanted.style for got in answers[name, AS_IS]})
    }
    aspects = [got.right_aspect for got in answers["procedures", AS_IS] if got.right_aspect is not None]
    return {
        "channels": channels,
        "styles": styles,
        "aspect right where the entry is": round(sum(aspects) / len(aspects), 4),
        "calibration error": round(calibration_error(answers["procedures", AS_IS]), 4),
        "out of scope": shares(outside),
        "vague": shares(vague),
    }
