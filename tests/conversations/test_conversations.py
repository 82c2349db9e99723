"""Conversations a member of staff can read, run against the trained model, the seeded store and the whole gateway.

What the YAML files may say stands in `script.py`. Beside it, every message of an answer names its sources.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.conversations.script import FOLDER, Conversation, Turn, read
from tests.running import Chat, Running

CONVERSATIONS = [
    pytest.param(conversation, id=f"{file.stem}-{conversation.conversation}")
    for file in sorted(FOLDER.glob("*.yml"))
    for conversation in read(file)
]


@pytest.mark.rasa
@pytest.mark.xdist_group("motcua")
@pytest.mark.parametrize("conversation", CONVERSATIONS)
def test_conversation(conversation: Conversation, motcua: Running) -> None:
    chat = motcua.chat()
    with _dialogue(conversation, motcua):
        for number, turn in enumerate(conversation.turns, start=1):
            reply = chat.say(_sent(turn, chat))
            problems = _problems(turn, reply)
            assert not problems, f"turn {number} ({turn.citizen or turn.press}): {problems}\n{_shown(reply)}"


@contextmanager
def _dialogue(conversation: Conversation, motcua: Running) -> Iterator[None]:
    """Rasa in the state that the conversation wants."""
    if conversation.dialogue == "up":
        yield
        return
    rasa = motcua.child("rasa")
    rasa.suspend()
    try:
        yield
    finally:
        rasa.resume()


def _sent(turn: Turn, chat: Chat) -> str:
    if turn.citizen is not None:
        return turn.citizen
    buttons = [b for m in chat.last["messages"] for b in m["buttons"]]
    payload = next((b["payload"] for b in buttons if b["title"] == turn.press), None)
    assert payload is not None, f"no button {turn.press!r} among {[b['title'] for b in buttons]}"
    return str(payload)


def _problems(turn: Turn, reply: dict[str, Any]) -> list[str]:
    messages = reply["messages"]
    text = "\n".join(m["text"] for m in messages).lower()
    named = [m["entry_ids"][0] for m in messages if m["entry_ids"]]
    offered = {entry for m in messages for entry in m["entry_ids"]}
    aspects = [m["aspect"] for m in messages]
    expected = {
        "status": turn.status in (None, reply["status"]),
        "answer": turn.answer is None or turn.answer in named[:2],
        "aspect": turn.aspect is None or turn.aspect in aspects,
        "choices": set(turn.choices) <= offered,
        "answers": turn.answers in (None, len(messages)),
        "sources": reply["status"] != "answered" or all(m["sources"] for m in messages),
    }
    wrong = [name for name, good in expected.items() if not good]
    wrong += [f"does not say {part!r}" for part in turn.says if part.lower() not in text]
    wrong += [f"says {part!r}" for part in turn.never if part.lower() in text]
    return wrong


def _shown(reply: dict[str, Any]) -> str:
    lines = [f"status {reply['status']}, confidence {reply['confidence']}"]
    lines += [f"{m['entry_ids']} {m['aspect']}: {m['text']}" for m in reply["messages"]]
    return "\n".join(lines)
