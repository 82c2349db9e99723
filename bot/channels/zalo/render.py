"""A reply as the messages Zalo can show: text, at most five buttons under it, further choices as lists.

Limits: 5 buttons (docs/zalo.md); text of 2,000, titles of 100 and payloads of 1,000 characters, the strictest that
integrators report, to be checked against the account's own documentation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.channels.zalo.direct import texts
from bot.messages import Button, Citation, Message, Reply

TEXT, TITLE, PAYLOAD, BUTTONS = 2000, 100, 1000, 5


def render(reply: Reply) -> list[dict[str, Any]]:
    """The values of `message` in the calls that send this reply, in order."""
    return [one for message in reply.messages for one in _rendered(message)]


def _rendered(message: Message) -> list[dict[str, Any]]:
    *before, last = _pieces(_with_sources(message))
    usable = [button for button in message.buttons if len(button.payload) <= PAYLOAD]
    first: dict[str, Any] = {"text": last}
    if usable:
        first["attachment"] = _template({"buttons": [_button(one) for one in usable[:BUTTONS]]})
    rest = [usable[n : n + BUTTONS] for n in range(BUTTONS, len(usable), BUTTONS)]
    return [*({"text": piece} for piece in before), first, *({"attachment": _list(some)} for some in rest)]


def _with_sources(message: Message) -> str:
    titles = "; ".join(dict.fromkeys(_source(one) for one in message.sources))
    return f"{message.text}\n\n{texts()['source'].format(titles=titles)}" if titles else message.text


def _source(source: Citation) -> str:
    parts = [source.decision or source.title]
    if source.checked_at:
        parts.append(texts()["checked"].format(day=f"{source.checked_at:%d/%m/%Y}"))
    return ", ".join(parts)


def _pieces(text: str) -> list[str]:
    """The text in pieces that fit, cut at the end of a line or else of a word."""
    pieces = []
    while len(text) > TEXT:
        cut = max(text.rfind("\n", 1, TEXT), 0) or max(text.rfind(" ", 1, TEXT), 0) or TEXT
        pieces.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*pieces, text]


def _button(button: Button) -> dict[str, Any]:
    return {"title": _cut(button.title), "type": "oa.query.hide", "payload": button.payload}


def _list(buttons: Sequence[Button]) -> dict[str, Any]:
    elements = [
        {"title": _cut(one.title), "subtitle": texts()["more"], "default_action": _action(one)} for one in buttons
    ]
    return _template({"template_type": "list", "elements": elements})


def _action(button: Button) -> dict[str, Any]:
    return {"type": "oa.query.hide", "payload": button.payload}


def _template(payload: dict[str, Any]) -> dict[str, Any]:
    return {"type": "template", "payload": payload}


def _cut(title: str) -> str:
    return title if len(title) <= TITLE else f"{title[: TITLE - 1].rstrip()}…"
