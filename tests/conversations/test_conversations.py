"""Conversations a member of staff can read, run against the trained model, the seeded store and the whole gateway.

A turn has what the citizen writes (`citizen`, or `press` for the title of an offered button) and what must come back:
`status`, `answer` (entry first named), `aspect`, `choices` (entries offered), `says` and `never` (parts of the text),
`answers` (how many messages). `gate: true` marks a conversation that a publication must not break.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.running import Chat, Running

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.glob("*.yml"))
CONVERSATIONS = [
    pytest.param(conversation, id=f"{file.stem}-{conversation['conversation']}")
    for file in FILES
    for conversation in yaml.safe_load(file.read_text(encoding="utf-8"))
]


@pytest.mark.rasa
@pytest.mark.xdist_group("motcua")
@pytest.mark.parametrize("conversation", CONVERSATIONS)
def test_conversation(conversation: dict[str, Any], motcua: Running) -> None:
    chat = motcua.chat()
    for number, turn in enumerate(conversation["turns"], start=1):
        reply = chat.say(_sent(turn, chat))
        problems = _problems(turn, reply)
        assert not problems, f"turn {number} ({turn.get('citizen') or turn.get('press')}): {problems}\n{_shown(reply)}"


def _sent(turn: dict[str, Any], chat: Chat) -> str:
    if "citizen" in turn:
        return str(turn["citizen"])
    buttons = [b for m in chat.last["messages"] for b in m["buttons"]]
    payload = next((b["payload"] for b in buttons if b["title"] == turn["press"]), None)
    assert payload is not None, f"no button {turn['press']!r} among {[b['title'] for b in buttons]}"
    return str(payload)


def _problems(turn: dict[str, Any], reply: dict[str, Any]) -> list[str]:
    messages = reply["messages"]
    text = "\n".join(m["text"] for m in messages).lower()
    named = [m["entry_ids"][0] for m in messages if m["entry_ids"]]
    offered = {entry for m in messages for entry in m["entry_ids"]}
    aspects = [m["aspect"] for m in messages]
    expected = {
        "status": turn.get("status", reply["status"]) == reply["status"],
        "answer": "answer" not in turn or turn["answer"] in named[:2],
        "aspect": "aspect" not in turn or turn["aspect"] in aspects,
        "choices": set(turn.get("choices", ())) <= offered,
        "answers": turn.get("answers", len(messages)) == len(messages),
        "sources": reply["status"] != "answered" or not named or all(m["sources"] for m in messages if m["entry_ids"]),
    }
    wrong = [name for name, good in expected.items() if not good]
    wrong += [f"does not say {part!r}" for part in turn.get("says", ()) if part.lower() not in text]
    wrong += [f"says {part!r}" for part in turn.get("never", ()) if part.lower() in text]
    return wrong


def _shown(reply: dict[str, Any]) -> str:
    lines = [f"status {reply['status']}, confidence {reply['confidence']}"]
    lines += [f"{m['entry_ids']} {m['aspect']}: {m['text']}" for m in reply["messages"]]
    return "\n".join(lines)
