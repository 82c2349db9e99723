"""Makes a snapshot of entries: learned anew, or by what was learned before when few entries changed since.

Both index every entry. What is learned (the words, the weights, when to answer) is kept over small changes, so that an
edit is live within seconds and does not move the thresholds of all other answers; `renewal` learns anew at night.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from knowledge import training
from knowledge.aspects import sample_model
from knowledge.crew import shared_out
from knowledge.documents import Document, from_entry
from knowledge.entry import Faq, Procedure
from knowledge.index import Index
from knowledge.restorer import Restorer, completed, learn
from knowledge.retriever import Retriever
from knowledge.snapshot import Snapshot, code_version
from knowledge.vector_cache import VectorCache

Progress = Callable[[str], None]
Entries = Sequence[Procedure | Faq]
KEPT_FOR = 0.01
"""The share of entries that may change before all is learned anew."""


def build(entries: Entries, number: int, cache: VectorCache, progress: Progress, workers: int = 1) -> Snapshot:
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
    ranker = training.learn_ranker(training.groups_of(documents, related), asked)
    progress("learning when to answer")
    further = [document.names[0] for document in documents if not document.examples]
    further += training.read(restorer, training.in_scope(), workers)
    scope, held = training.learn_scope(asked, cache.encode("query", further))
    decision = training.learn_decision(asked, related, ranker, held)
    retriever = Retriever(index, cache.encoder, restorer, ranker, decision, scope, aspects)
    return _snapshot(number, entries, documents, retriever, changed=0)


def extend(
    before: Snapshot,
    known: Mapping[str, Document],
    entries: Entries,
    number: int,
    cache: VectorCache,
    progress: Progress,
) -> Snapshot | None:
    """Index `entries` and keep what `before` has learned. known: its documents.

    None when too many entries changed since it was learned, or when they bring words that it does not know.
    """
    progress("reading what changed")
    changed = [entry for entry in entries if before.entries.get(entry.id) != entry]
    gone = before.entries.keys() - {entry.id for entry in entries}
    changes = before.changed + len(changed) + len(gone)
    if before.code != code_version() or changes > KEPT_FOR * len(entries):
        return None
    learned = before.retriever
    new = {entry.id: _with_diacritics(from_entry(entry), learned.restorer) for entry in changed}
    if not all(learned.restorer.knows(f"{document.text} {' '.join(document.examples)}") for document in new.values()):
        return None
    documents = [new.get(entry.id) or known[entry.id] for entry in entries]
    progress("indexing")
    index = Index.build(documents, cache)
    groups = training.groups_of(documents, _related(entries))
    ranker = replace(learned.ranker, groups=groups)
    retriever = Retriever(
        index, cache.encoder, learned.restorer, ranker, learned.decision, learned.scope, learned.aspects
    )
    return _snapshot(number, entries, documents, retriever, changes)


def _snapshot(
    number: int, entries: Entries, documents: Sequence[Document], retriever: Retriever, changed: int
) -> Snapshot:
    by_id = {entry.id: entry for entry in entries}
    return Snapshot(number, by_id, retriever, code_version(), changed, tuple(documents))


def _related(entries: Entries) -> list[tuple[int, ...]]:
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
