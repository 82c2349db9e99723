"""Checks the training examples of `nlu_data` as strictly as code: ``python -m bot.data_lint [HELD_OUT…]``.

Found are duplicates, one sentence under two intents, held-out sentences that are trained on, intents with too few
examples or far too many, aspects with too few, examples made from one template, and entities or intents that the domain
does not know.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.text import deaccent, normalise
from knowledge.text_file import read_yaml
from knowledge.vocabulary import ASPECTS

ENOUGH = 60
IMBALANCE = 20
TEMPLATE_SHARE = 0.35
_ANNOTATED = re.compile(r"\[([^\]]+)\](?:\{([^}]*)\}|\((\w+)\))")
_ENTITY = re.compile(r'"entity"\s*:\s*"(\w+)"')
_ROLE = re.compile(r'"role"\s*:\s*"(\w+)"')
_VALUES = re.compile(r"⟦\w+:\d+⟧")


@dataclass(frozen=True, slots=True)
class Example:
    """One training sentence. text: without annotations. entities, roles: annotated in it."""

    intent: str
    text: str
    entities: tuple[str, ...]
    file: str
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: its rule, what it is about, and where."""

    rule: str
    what: str
    where: str

    def __str__(self) -> str:
        return f"{self.where}: {self.rule}: {self.what}"


def read_examples(files: Iterable[Path]) -> Iterator[Example]:
    """The examples of Rasa NLU files, in order."""
    for file in files:
        for item in read_yaml(file).get("nlu", ()):
            for line in item.get("examples", "").splitlines() if "intent" in item else ():
                text = line.removeprefix("- ").strip()
                roles = tuple(_ROLE.findall(text))
                yield Example(item["intent"], _ANNOTATED.sub(r"\1", text), _entities(text), file.name, roles)


def read_held_out(file: Path) -> Iterator[Example]:
    """Sentences that are not to be trained on: of a Rasa NLU file, or the column ``text`` of a TSV file."""
    if file.suffix != ".tsv":
        yield from read_examples([file])
        return
    with file.open(encoding="utf-8", newline="") as lines:
        yield from (Example("", row["text"], (), file.name) for row in csv.DictReader(lines, delimiter="\t"))


def _entities(text: str) -> tuple[str, ...]:
    return tuple(
        name for _, braces, bare in _ANNOTATED.findall(text) for name in (*_ENTITY.findall(braces), bare) if name
    )


def _key(text: str) -> str:
    """What makes two sentences the same to the classifier: spelling, case and punctuation aside."""
    return " ".join(re.findall(r"[\w⟦⟧:]+", normalise(text).lower()))


def repeated(examples: list[Example]) -> Iterator[Finding]:
    """Sentences that stand twice as they are, or under two intents in whatever spelling."""
    intents: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        intents[_key(example.text)].append(example)
    for same in intents.values():
        names = sorted({e.intent for e in same})
        if len(names) > 1:
            yield Finding("conflict", f"{same[0].text!r} is {' and '.join(names)}", same[0].file)
        for text, count in Counter(e.text.lower() for e in same).items():
            if count > 1:
                yield Finding("duplicate", repr(text), same[0].file)


def leaked(examples: list[Example], held_out: list[Example]) -> Iterator[Finding]:
    """Held-out sentences of four words or more that training knows, also without their diacritics."""
    known = {deaccent(_key(e.text)) for e in examples}
    for example in held_out:
        if len(example.text.split()) > 3 and deaccent(_key(example.text)) in known:
            yield Finding("leak", repr(example.text), example.file)


def unbalanced(examples: list[Example]) -> Iterator[Finding]:
    """Intents with fewer than `ENOUGH` examples, or more than `IMBALANCE` times the median."""
    counts = Counter(e.intent for e in examples)
    median = sorted(counts.values())[len(counts) // 2] if counts else 0
    for intent, count in sorted(counts.items()):
        if count < ENOUGH:
            yield Finding("too few", f"{intent} has {count} examples, wanted {ENOUGH}", f"{intent}.yml")
        elif count > IMBALANCE * median:
            yield Finding("imbalance", f"{intent} has {count} examples, the median is {median}", f"{intent}.yml")


def unannotated(examples: list[Example]) -> Iterator[Finding]:
    """Aspects that too few examples ask for, once any example is annotated with one."""
    counts = Counter(role for e in examples for role in e.roles)
    for aspect in ASPECTS if counts else ():
        if counts[aspect] < ENOUGH:
            yield Finding("too few", f"{aspect} is asked in {counts[aspect]} examples, wanted {ENOUGH}", "nlu_data")


def templated(examples: list[Example]) -> Iterator[Finding]:
    """Intents where too many examples begin with the same three words: one template with its slots filled."""
    starts: dict[str, Counter[str]] = defaultdict(Counter)
    for example in examples:
        words = _VALUES.sub("", _key(example.text)).split()
        if len(words) > 3:
            starts[example.intent][" ".join(words[:3])] += 1
    for intent, begun in starts.items():
        start, count = begun.most_common(1)[0]
        if count > max(3, TEMPLATE_SHARE * sum(begun.values())):
            yield Finding("template", f"{count} examples begin {start!r}", f"{intent}.yml")


def unknown(examples: list[Example], domain: dict[str, Any]) -> Iterator[Finding]:
    """Intents and entities that the domain does not name, and intents of the domain without an example."""
    intents = {next(iter(i)) if isinstance(i, dict) else i for i in domain["intents"]}
    entities = {next(iter(e)) if isinstance(e, dict) else e for e in domain["entities"]}
    for name in sorted({e.intent for e in examples} ^ intents):
        yield Finding("unknown intent", f"{name} stands in only one of domain and data", "domain.yml")
    for name in sorted({entity for e in examples for entity in e.entities} - entities):
        yield Finding("unknown entity", name, "domain.yml")


def lint(training: list[Example], held_out: list[Example], domain: dict[str, Any]) -> list[Finding]:
    """Every finding."""
    return [
        *repeated(training),
        *leaked(training, held_out),
        *unbalanced(training),
        *unannotated(training),
        *templated(training),
        *unknown(training, domain),
    ]


def main(held_out: list[str]) -> int:
    """Print the findings of the repository's data; the exit status says whether there are any."""
    root = Path(__file__).parent.parent
    training = list(read_examples(sorted((root / "nlu_data" / "nlu").glob("*.yml"))))
    domain = read_yaml(root / "domain.yml")
    findings = lint(training, [e for file in held_out for e in read_held_out(Path(file))], domain)
    print(*findings, f"{len(training)} examples, {len(findings)} findings", sep="\n")
    return bool(findings)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
