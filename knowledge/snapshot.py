"""An immutable, numbered snapshot on disk: the entries, their index, and all that was learned from them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from knowledge.aspects import AspectModel
from knowledge.decide import SIGNALS, Decision, Logistic
from knowledge.documents import Document
from knowledge.encoder import Encoder
from knowledge.entry import ENTRY, Faq, Procedure
from knowledge.index import Index
from knowledge.ranker import Ranker
from knowledge.restorer import Restorer
from knowledge.retriever import Retriever
from knowledge.scope import Scope

_DOCUMENTS = "documents.json"
_ENTRIES = "entries.json"
_HERE = Path(__file__).parent
_CODE = ("*.py", "language/*", "thesaurus/*")


class SnapshotMismatchError(ValueError):
    """The snapshot was built with another encoder, or for other features, than those in use."""


@dataclass(frozen=True)
class Snapshot:
    """number: of the snapshot. entries: by id. retriever: over exactly these entries.

    code: the `code_version` that built it. changed: how many entries changed since what it has learned was learned.
    documents: what is indexed of the entries; empty once it was read from a folder (`load_documents`).
    """

    number: int
    entries: dict[str, Procedure | Faq]
    retriever: Retriever
    code: str
    changed: int = 0
    documents: tuple[Document, ...] = ()


def code_version() -> str:
    """A hash of everything in this package that decides what a snapshot holds."""
    digest = hashlib.sha256()
    for pattern in _CODE:
        for file in sorted(_HERE.glob(pattern)):
            digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()


def content_hash(entries: Sequence[Procedure | Faq], encoder: Encoder) -> str:
    """A hash of what a snapshot of `entries` would depend on."""
    return hashlib.sha256(f"{code_version()} {encoder.name} {entries_hash(entries)}".encode()).hexdigest()


def entries_hash(entries: Sequence[Procedure | Faq]) -> str:
    """A hash of entries alone, whatever program and encoder are in use."""
    digest = hashlib.sha256()
    for entry in sorted(entries, key=lambda e: e.id):
        digest.update(ENTRY.dump_json(entry))
    return digest.hexdigest()


def valid_on(entries: Sequence[Procedure | Faq], day: date) -> list[Procedure | Faq]:
    """The entries in force on `day`; both ends of a validity are included."""
    return [e for e in entries if (e.valid_from or day) <= day <= (e.valid_until or day)]


def save(snapshot: Snapshot, folder: Path) -> None:
    """Write the snapshot as `folder`, which appears complete or not at all."""
    parts = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(parts, ignore_errors=True)
    parts.mkdir(parents=True)
    retriever = snapshot.retriever
    entries = [ENTRY.dump_python(entry, mode="json") for entry in snapshot.entries.values()]
    (parts / _ENTRIES).write_text(json.dumps(entries, ensure_ascii=False), encoding="utf-8")
    documents = [asdict(document) for document in snapshot.documents]
    (parts / _DOCUMENTS).write_text(json.dumps(documents, ensure_ascii=False), encoding="utf-8")
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
        "code": snapshot.code,
        "changed": snapshot.changed,
    }
    (parts / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    parts.rename(folder)


def load(folder: Path, encoder: Encoder) -> Snapshot:
    """Read what `save` wrote. Raises SnapshotMismatchError when it was built with another encoder or other features."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    if manifest["encoder"] != encoder.name:
        raise SnapshotMismatchError(f"{folder} was built with {manifest['encoder']}, not {encoder.name}: publish again")
    if manifest.get("signals") != list(SIGNALS) or "code" not in manifest:
        raise SnapshotMismatchError(f"{folder} was built for other features: publish again")
    learned = json.loads((folder / "learned.json").read_text(encoding="utf-8"))
    ranker = Ranker(*(tuple(learned["ranker"][name]) for name in ("weights", "by_group", "groups")))
    retriever = Retriever(
        Index.load(folder), encoder, Restorer.load(folder), ranker, _decision(learned["decision"]),
        Scope.load(folder), AspectModel.load(folder),
    )  # fmt: skip
    by_id = {entry.id: entry for entry in load_entries(folder)}
    return Snapshot(manifest["number"], by_id, retriever, manifest["code"], manifest["changed"])


def load_entries(folder: Path) -> list[Procedure | Faq]:
    """The entries of a snapshot that `save` wrote. ValueError when the schema has changed too much to read them."""
    return [ENTRY.validate_python(raw) for raw in json.loads((folder / _ENTRIES).read_text(encoding="utf-8"))]


def load_documents(folder: Path) -> dict[str, Document]:
    """What is indexed of the entries of a snapshot that `save` wrote, by id."""
    found = [Document(**raw) for raw in json.loads((folder / _DOCUMENTS).read_text(encoding="utf-8"))]
    return {d.id: replace(d, names=tuple(d.names), examples=tuple(d.examples)) for d in found}


def _decision(raw: dict[str, Any] | None) -> Decision | None:
    if raw is None:
        return None
    right, scope = (_logistic(raw[name]) for name in ("right", "scope"))
    return Decision(right, scope, raw["answer_from"], raw["refuse_below"], raw["report"])


def _logistic(raw: dict[str, Any]) -> Logistic:
    return Logistic(tuple(raw["weights"]), raw["bias"], tuple(raw["means"]), tuple(raw["deviations"]))
