"""What is indexed of an entry: its names, the questions people ask, and the text of the rest.

A plain text (`from_text`) becomes a document too, so the same index serves any corpus.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import IntEnum

from knowledge.entry import Faq, Procedure
from knowledge.proposals import lay_terms
from knowledge.text import normalise, unify

_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")


class Kind(IntEnum):
    """What a passage is. NAME: a title or common name. EXAMPLE: a question people ask. BODY: the whole text.
    WINDOW: three sentences. SENTENCE: one."""

    NAME = 0
    EXAMPLE = 1
    BODY = 2
    WINDOW = 3
    SENTENCE = 4


@dataclass(frozen=True)
class Passage:
    """A piece of a document that gets a vector of its own."""

    document: int
    kind: Kind
    text: str


@dataclass(frozen=True)
class Document:
    """id: of the entry. names: titles and common names. examples: questions. body: everything else.

    lay: what people may say for its title, where nobody has written down what they ask. titled: whether a name alone
    identifies the document, as an entry's does and the title of a long text does not.
    """

    id: str
    names: tuple[str, ...]
    examples: tuple[str, ...]
    body: str
    lay: str = ""
    titled: bool = True

    @property
    def text(self) -> str:
        """Names and body in one string."""
        return ". ".join((*self.names, self.body))

    def rewritten(self, rewrite: Callable[[str], str]) -> Document:
        """The same with `rewrite` applied to every name and example."""
        names = tuple(dict.fromkeys(map(rewrite, self.names)))
        return replace(self, names=names, examples=tuple(dict.fromkeys(map(rewrite, self.examples))))

    def pieces(self) -> list[tuple[Kind, str]]:
        """The passages: names and examples of an entry; the body whole, by windows and by sentences of a text."""
        if self.titled:
            named = [(Kind.NAME, name) for name in self.names]
            asked = [(Kind.EXAMPLE, example) for example in self.examples]
            return [*named, *asked, (Kind.BODY, f"{self.names[0]}. {self.body}")]
        sentences = [s for s in _SENTENCE.split(self.body) if s.strip()] or [self.body]
        windows = [" ".join(sentences[max(0, i - 1) : i + 2]) for i in range(len(sentences))]
        whole = [(Kind.BODY, self.body)]
        return whole + [(Kind.WINDOW, w) for w in windows] + [(Kind.SENTENCE, s) for s in sentences]


def from_entry(entry: Procedure | Faq) -> Document:
    """The document of an entry, in the one spelling that questions are put into as well."""
    names = (entry.title, *entry.common_names)
    if isinstance(entry, Procedure) and entry.official_title:
        names = (entry.title, entry.official_title, *entry.common_names)
    body = _procedure_body(entry) if isinstance(entry, Procedure) else entry.answer
    return Document(
        entry.id,
        tuple(dict.fromkeys(normalise(name) for name in names)),
        tuple(dict.fromkeys(normalise(example) for example in entry.examples)),
        normalise(body),
        _lay(entry) if isinstance(entry, Procedure) and not entry.examples else "",
    )


def _lay(entry: Procedure) -> str:
    return ". ".join(lay_terms(entry.official_title or entry.title, entry.field))


def _procedure_body(entry: Procedure) -> str:
    parts = [entry.summary, entry.who, *(paper.name for paper in entry.documents), entry.result, entry.conditions]
    if entry.deadline:
        parts += [entry.deadline.rule, entry.deadline.late]
    return ". ".join([entry.field, *(part for part in parts if part)])


def from_text(document_id: str, title: str, text: str) -> Document:
    """The document of a plain text, as it is."""
    return Document(document_id, (unify(title),) if title else (), (), unify(text), titled=False)


def passages(documents: list[Document]) -> list[Passage]:
    """All passages of `documents`, in order; `Passage.document` is the position of its document."""
    return [Passage(i, kind, text) for i, document in enumerate(documents) for kind, text in document.pieces()]
