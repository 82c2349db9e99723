"""Retrieval alone, scored by `knowledge.evaluate`: as is, without diacritics, with typos.

Two sets that are not part of the repository are measured when they are present. `XQUAD_VI` names a folder with
``corpus.jsonl`` and ``questions.tsv``, ``questions_nodiac.tsv``, ``questions_typos.tsv``; `CITIZEN_QUESTIONS` a TSV of
what citizens ask with the columns ``text`` and ``label``: ids of entries, or ``faq:<topic>`` for any entry on a topic.
These are asked of all entries, written and imported, and spoilt by `benchmarks._distorted`.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks._distorted import CHANNELS
from knowledge.answer import Entries
from knowledge.cli.evaluate import over_corpus, ranked_by
from knowledge.entry import Faq
from knowledge.evaluate import Labelled, Rank, evaluate, read_questions
from knowledge.publish import LiveSnapshot, Press
from knowledge.snapshot import Snapshot
from settings import get_settings
from store.engine import Database
from tests.running import Running

XQUAD = {"as is": "questions.tsv", "no diacritics": "questions_nodiac.tsv", "typos": "questions_typos.tsv"}
SHOWN = (1, 5)
TOPIC = "faq:"


def run() -> dict[str, Any]:
    """Questions, recall@1 and recall@5 by set and spelling; of a set that is absent, which variable is to name it."""
    return {name: _measured(*named) for name, named in SETS.items()}


def _measured(variable: str, measure: Callable[[Path], dict[str, Any]]) -> dict[str, Any] | str:
    path = os.environ.get(variable)
    return measure(Path(path)) if path else f"not measured: {variable} is not set"


def _xquad(folder: Path) -> dict[str, Any]:
    rank = ranked_by(over_corpus(folder / "corpus.jsonl"))
    return _scores({spelling: read_questions(folder / name) for spelling, name in XQUAD.items()}, rank)


def _citizens(file: Path) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        snapshot = _snapshot(Path(folder))
        questions = list(answerable(read_questions(file), snapshot.entries))
        spelt = {name: [Labelled(CHANNELS[name](q.text), q.ids) for q in questions] for name in XQUAD}
        return _scores(spelt, ranked_by(snapshot.retriever))


def _snapshot(var: Path) -> Snapshot:
    """All entries that ship, published."""
    Running(var).prepare()
    database = Database(f"sqlite:///{var / 'motcua.db'}")
    live = LiveSnapshot(Press.of(database, var, get_settings().encoder_path))
    live.refresh()
    database.close()
    return live.current


def answerable(questions: list[Labelled], entries: Entries) -> Iterator[Labelled]:
    """The questions that some entry answers, each topic as the ids of its entries."""
    for question in questions:
        ids = frozenset(id_ for label in question.ids for id_ in _ids(label, entries))
        if ids:
            yield Labelled(question.text, ids)


def _ids(label: str, entries: Entries) -> list[str]:
    if not label.startswith(TOPIC):
        return [label] if label in entries else []
    topic = label.removeprefix(TOPIC)
    return [id_ for id_, entry in entries.items() if isinstance(entry, Faq) and entry.topic == topic]


def _scores(spelt: Mapping[str, list[Labelled]], rank: Rank) -> dict[str, Any]:
    return {spelling: _shown(questions, rank) for spelling, questions in spelt.items()}


def _shown(questions: list[Labelled], rank: Rank) -> dict[str, Any]:
    report = evaluate(questions, rank)
    return {"questions": report.n} | {f"recall@{k}": round(report.recall[k], 4) for k in SHOWN}


SETS = {"XQuAD-vi": ("XQUAD_VI", _xquad), "citizens": ("CITIZEN_QUESTIONS", _citizens)}
