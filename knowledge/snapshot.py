"""An immutable, numbered snapshot on disk: the entries, their index, and all that was learned from them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from knowledge import training
from knowledge.aspects import AspectModel, sample_model
from knowledge.crew import shared_out
from knowledge.decide import SIGNALS, Decision, Logistic
from knowledge.documents import Document, from_entry
from knowledge.encoder import Encoder
from knowledge.entry import ENTRY, Faq, Procedure
from knowledge.index import Index
from knowledge.ranker import Ranker
from knowledge.restorer import Restorer, completed, learn
from knowledge.retriever import Retriever
from knowledge.scope import Scope
from knowledge.vector_cache import VectorCache

Progress = Callable[[str], None]
_HERE = Path(__file__).parent
_CODE = ("*.py", "language/*", "thesaurus/*")


class SnapshotMismatchError(ValueError):
    """The snapshot was built with another encoder, or for other features, than those in use."""


@dataclass(frozen=True)
class Snapshot:
    """number: of the snapshot. entries: by id. retriever: over exactly these entries."""

    number: int
    entries: dict[str, Procedure | Faq]
    retriever: Retriever


def code_version() -> str:
    """A hash of everything in this package that decides what a snapshot holds."""
    digest = hashlib.sha256()
    for pattern in _CODE:
        for file in sorted(_HERE.glob(pattern)):
            digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()


def content_hash(entries: Sequence[Procedure | Faq], encoder: Encoder) -> str:
    """A hash of what a snapshot of `entries` would depend on."""
    digest = hashlib.sha256(f"{code_version()} {encoder.name}".encode())
    for entry in sorted(entries, key=lambda e: e.id):
        digest.update(ENTRY.dump_json(entry))
    return digest.hexdigest()


def valid_on(entries: Sequence[Procedure | Faq], day: date) -> list[Procedure | Faq]:
    """The entries in force on `day`; both ends of a validity are included."""
    return [e for e in entries if (e.valid_from or day) <= day <= (e.valid_until or day)]


def build(
    entries: Sequence[Procedure | Faq], number: int, cache: VectorCache, progress: Progress, workers: int = 1
) -> Snapshot:
    """Index `entries` and learn from their example questions. workers: processes that share the work."""
    progress("learning the words")
    documents = shared_out(lambda part: [from_entry(entry) for entry in part], entries, workers)
    restorer = learn([text for d in documents for text in (*d.names, *d.examples, d.body)] + training.asked_texts())
    documents = shared_out(lambda part: [_with_diacritics(d, restorer) for d in part], documents, workers)
    progress("indexing")
    index = Index.build(documents, cache)
    progress("learning to rank")
    related = _related(entries)
    aspects = sample_model(cache.folder)
    known = [*training.written(documents, index), *training.told(index, restorer, workers)]
    asked = training.ask(known, related, index, cache, aspects, workers)
    ranker = training.learn_ranker(documents, asked, related)
    progress("learning when to answer")
    titles = cache.encode("query", [document.names[0] for document in documents if not document.examples])
    scope, held = training.learn_scope(asked, titles)
    decision = training.learn_decision(asked, related, ranker, held)
    retriever = Retriever(index, cache.encoder, restorer, ranker, decision, scope, aspects)
    return Snapshot(number, {entry.id: entry for entry in entries}, retriever)


def _related(entries: Sequence[Procedure | Faq]) -> list[tuple[int, ...]]:
    """For every entry, the positions of the general questions about it, or of the procedures it is about."""
    place = {entry.id: i for i, entry in enumerate(entries)}
    related: list[set[int]] = [set() for _ in entries]
    for i, entry in enumerate(entries):
        for other in entry.related if isinstance(entry, Faq) else ():
            if other in place:
                related[i].add(place[other])
                related[place[other]].add(i)
    return [tuple(sorted(found)) for found in related]


def _with_diacritics(document: Document, restorer: Restorer) -> Document:
    return document.rewritten(lambda text: completed(restorer, text))


def save(snapshot: Snapshot, folder: Path) -> None:
    """Write the snapshot as `folder`, which appears complete or not at all."""
    parts = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(parts, ignore_errors=True)
    parts.mkdir(parents=True)
    retriever = snapshot.retriever
    entries = [ENTRY.dump_python(entry, mode="json") for entry in snapshot.entries.values()]
    (parts / "entries.json").write_text(json.dumps(entries, ensure_ascii=False), encoding="utf-8")
    retriever.index.save(parts)
    retriever.restorer.save(parts)
    if retriever.scope:
        retriever.scope.save(parts)
    learned = {
        "ranker": asdict(retriever.ranker),
        "decision": asdict(retriever.decision) if retriever.decision else None,
    }
    (parts / "learned.json").write_text(json.dumps(learned), encoding="utf-8")
    if retriever.aspects:
        retriever.aspects.save(parts)
    manifest = {
        "number": snapshot.number,
        "encoder": retriever.encoder.name,
        "entries": len(entries),
        "signals": SIGNALS,
    }
    (parts / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    parts.rename(folder)


def load(folder: Path, encoder: Encoder) -> Snapshot:
    """Read what `save` wrote. Raises SnapshotMismatchError when it was built with another encoder or other features."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    if manifest["encoder"] != encoder.name:
        raise SnapshotMismatchError(f"{folder} was built with {manifest['encoder']}, not {encoder.name}: publish again")
    if manifest.get("signals") != list(SIGNALS):
        raise SnapshotMismatchError(f"{folder} was built for other features: publish again")
    entries = [ENTRY.validate_python(raw) for raw in json.loads((folder / "entries.json").read_text(encoding="utf-8"))]
    learned = json.loads((folder / "learned.json").read_text(encoding="utf-8"))
    ranker = Ranker(*(tuple(learned["ranker"][name]) for name in ("weights", "by_group", "groups")))
    retriever = Retriever(
        Index.load(folder), encoder, Restorer.load(folder), ranker, _decision(learned["decision"]),
        Scope.load(folder), AspectModel.load(folder),
    )  # fmt: skip
    return Snapshot(manifest["number"], {entry.id: entry for entry in entries}, retriever)


def _decision(raw: dict[str, Any] | None) -> Decision | None:
    if raw is None:
        return None
    right, scope = (_logistic(raw[name]) for name in ("right", "scope"))
    return Decision(right, scope, raw["answer_from"], raw["refuse_below"], raw["report"])


def _logistic(raw: dict[str, Any]) -> Logistic:
    return Logistic(tuple(raw["weights"]), raw["bias"], tuple(raw["means"]), tuple(raw["deviations"]))
