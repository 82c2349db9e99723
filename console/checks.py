"""What the lint says of one entry beside the published ones that share its subject, its words or its questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.encoder import Vectors
from knowledge.entry import Faq, Procedure
from knowledge.lint import relations
from knowledge.lint.facts import plain
from knowledge.lint.finding import Finding
from knowledge.lint.rules import lint
from knowledge.live import LiveKnowledge
from knowledge.vector_cache import VectorCache
from store.knowledge import EntryRow

NEIGHBOURS = 10


@dataclass(frozen=True)
class Checks:
    """knowledge: whose entries one is compared with. cache: of vectors, to find what shares no words."""

    knowledge: LiveKnowledge
    cache: VectorCache

    def findings(self, session: Session, entry: Procedure | Faq) -> list[Finding]:
        """What is wrong with an entry, alone and beside its neighbours."""
        others = self._beside(entry) if self.knowledge.snapshot else {}
        found = {*lint([entry]), *self._between({**others, entry.id: entry})}
        known = set(session.scalars(select(EntryRow.id).where(EntryRow.id.in_(entry.related))))
        return sorted(one for one in found if one.entry == entry.id and not _names_a_known(one, known))

    def _between(self, entries: Mapping[str, Procedure | Faq]) -> Iterator[Finding]:
        """Questions claimed twice, contradictions and duplicates."""
        yield from relations.shared_examples(entries)
        yield from relations.contradictions(entries)
        yield from relations.near_duplicates(entries, self._encode)
        yield from relations.contradicting_likes(entries, self._encode)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        return self.cache.encode("passage", list(texts))

    def _beside(self, entry: Procedure | Faq) -> dict[str, Procedure | Faq]:
        entries = self.knowledge.entries
        near = [candidate.entry for candidate in self.knowledge.search(entry.title, NEIGHBOURS).candidates]
        owners = _owners_of_examples(self.knowledge, self.knowledge.snapshot)
        near += [owners[text] for text in map(plain, entry.examples) if text in owners]
        return {id_: entries[id_] for id_ in near if id_ != entry.id and id_ in entries}


@lru_cache(maxsize=1)
def _owners_of_examples(knowledge: LiveKnowledge, snapshot: int) -> Mapping[str, str]:
    """The entry that claims each example question in a snapshot."""
    return {plain(text): entry.id for entry in knowledge.entries.values() for text in entry.examples}


def _names_a_known(finding: Finding, known: set[str]) -> bool:
    """Whether a finding misses a related entry that is there and was not compared with."""
    return finding.rule == "unknown-related" and finding.text in known
