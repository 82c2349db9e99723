"""What the whole dialogue says to a citizen's first message: retrieval, intents, rules and actions together.

The messages are those of ``tests/questions``, each the first of a conversation of its own over the chat API.
"""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmarks._asked import Wanted, labelled, share, wanted
from knowledge.urgent import KINDS, urgent_text
from tests.running import Running

OTHERS = ("out_of_scope", "vague", "smalltalk", "complaint", "human", "dossier_status", "calm")
IN_SCOPE = ("procedures", "faq", "catalogue")
REFUSED = frozenset({"out_of_scope", "unanswered"})
_NUMBER = re.compile(r"\b11[1345]\b")
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
    missed = [one for one in urgent if not _rescued(*one)]
    asked = [one for name in IN_SCOPE for one in said[name]]
    return {
        **{name: _statuses(got) for name, got in said.items()},
        "in scope wrongly refused": share([reply["status"] in REFUSED for _, reply in asked]),
        "urgent": share([reply["status"] == "urgent" for _, reply in urgent]),
        "urgent with the right number": round(1 - len(missed) / len(urgent), 4),
        "urgent, another answer": _listed(missed),
        "in scope, neither answered nor asked back": _listed(one for one in asked if one[1]["status"] not in TAKEN),
        "out of scope, taken": _listed(one for one in said["out_of_scope"] if one[1]["status"] in TAKEN),
        "vague, not asked back": _listed(one for one in said["vague"] if one[1]["status"] != "clarification"),
    }


def _said(motcua: Running, questions: Sequence[Wanted]) -> list[Said]:
    return [(question, motcua.chat().say(question.text)) for question in questions]


def _rescued(question: Wanted, reply: dict[str, Any]) -> bool:
    """Whether the reply names the number that is called first in the danger of the question's label."""
    called = next(_NUMBER.findall(urgent_text(kind))[0] for kind in KINDS if question.style == f"urgent:{kind}")
    return reply["status"] == "urgent" and called in reply["messages"][0]["text"]


def _listed(said: Iterable[Said]) -> list[str]:
    return [f"{reply['status']}: {question.text}" for question, reply in said]


def _statuses(said: Sequence[Said]) -> dict[str, float]:
    counted = Counter(reply["status"] for _, reply in said)
    return {"n": len(said)} | {status: round(n / len(said), 4) for status, n in counted.most_common()}
