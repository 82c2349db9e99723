"""All rules, and the one call that runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from knowledge.entry import Faq, Procedure
from knowledge.lint import facts, relations, wording
from knowledge.lint.finding import Finding
from knowledge.lint.relations import Encode

Rule = Callable[[Procedure | Faq], Iterator[Finding]]

RULES: tuple[Rule, ...] = (
    wording.stale, wording.book, wording.empty, wording.scrambled, wording.unspeakable, wording.personal,
    wording.misspelt, facts.no_source, facts.zero_as_free, facts.repealed, facts.repealed_in_text,
    facts.amounts_disagree, facts.example_is_name,
)  # fmt: skip
_AWKWARD = ("misspelt", "unspeakable")


def lint(
    entries: Iterable[Procedure | Faq],
    families: Sequence[Mapping[str, Any]] = (),
    encode: Encode | None = None,
) -> list[Finding]:
    """What is wrong with the entries, alone and together, sorted by entry.

    families: as in ``families.yml``. encode: unit vectors of texts, to find duplicates that share no words.
    """
    by_id = {entry.id: entry for entry in entries}
    found = [finding for entry in by_id.values() for rule in RULES for finding in rule(entry)]
    found += relations.unknown_related(by_id)
    found += relations.shared_examples(by_id)
    found += relations.contradictions(by_id)
    found += relations.near_duplicates(by_id, encode)
    found += relations.contradicting_likes(by_id, encode) if encode else ()
    found += relations.families(by_id, families)
    return sorted({_graded(finding, by_id) for finding in found})


def _graded(finding: Finding, entries: Mapping[str, Procedure | Faq]) -> Finding:
    """Awkward words of an import nobody has written yet are a warning."""
    entry = entries.get(finding.entry)
    imported = isinstance(entry, Procedure) and entry.origin == "import"
    return replace(finding, severity="warning") if imported and finding.rule in _AWKWARD else finding
