"""What the whole dialogue says to a citizen's first message: retrieval, intents, rules and actions together.

The messages are those of ``tests/questions``, each the first of a conversation of its own over the chat API.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks._asked import Wanted, labelled, wanted
from knowledge.urgent import KINDS, urgent_text
from tests.running import Running

OTHERS = ("out_of_scope", "vague", "smalltalk", "complaint", "human", "dossier_status", "calm")
IN_SCOPE = ("procedures", "faq", "catalogue")
REFUSED = frozenset({"out_of_scope", "unanswered"})
TAKEN = frozenset({"answered", "clarification"})
Said = tuple[Wanted, dict[str, Any]]


def run() -> dict[str, Any]:
    """The statuses by kind of message, and by name what was missed."""
    with tempfile.TemporaryDirectory() as folder:
        motcua = Running(Path(folder))
        motcua.prepare()
        motcua.start()
        said = {name: _said(motcua, labelled(name)) for name in OTHERS}
        said |= {name: _said(motcua, wanted(name)) for name in IN_SCOPE}
        urgent = _said(motcua, labelled("urgent"))
        motcua.stop()
    missed = [one.text for one, reply in urgent if not _rescued(one, reply)]
    asked = [reply["status"] in REFUSED for name in IN_SCOPE for _, reply in said[name]]
    return {
        **{name: _statuses(got) for name, got in said.items()},
        "in scope wrongly refused": round(sum(asked) / len(asked), 4),
        "urgent with the right number": round(1 - len(missed) / len(urgent), 4),
        "urgent, missed": missed,
        "out of scope, taken": [one.text for one, reply in said["out_of_scope"] if reply["status"] in TAKEN],
        "vague, not asked back": [one.text for one, reply in said["vague"] if reply["status"] != "clarification"],
    }


def _said(motcua: Running, questions: Sequence[Wanted]) -> list[Said]:
    return [(question, motcua.chat().say(question.text)) for question in questions]


def _rescued(question: Wanted, reply: dict[str, Any]) -> bool:
    """Whether the reply says what must be said of the danger in the question's label."""
    said = reply["messages"][0]["text"]
    return any(question.style == f"urgent:{kind}" and urgent_text(kind) in said for kind in KINDS)


def _statuses(said: Sequence[Said]) -> dict[str, float]:
    counted = Counter(reply["status"] for _, reply in said)
    return {"n": len(said)} | {status: round(n / len(said), 4) for status, n in counted.most_common()}
