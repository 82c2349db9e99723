"""From a group of unanswered questions to a draft, each with one button."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.privacy import PLACEHOLDER
from console import audit, drafts
from console.accounts import Staff
from console.drafts import EMPTY_FAQ, DraftError
from knowledge.lint.facts import plain
from knowledge.live import LiveKnowledge
from store.base import now
from store.knowledge import RevisionRow
from store.unanswered import LostQuestionRow, UnansweredGroupRow

EXAMPLES = 5
LONGEST = 200


def find(session: Session, group_id: int) -> UnansweredGroupRow:
    """A group. Raises DraftError when it is gone."""
    group = session.get(UnansweredGroupRow, group_id)
    if group is None:
        raise DraftError("Nhóm câu hỏi này không còn nữa.")
    return group


def wordings(session: Session, group: UnansweredGroupRow) -> list[str]:
    """The different wordings of a group, the newest first, without what was masked in them."""
    query = select(LostQuestionRow.text).where(LostQuestionRow.group_id == group.id)
    texts = (as_example(text) for text in session.scalars(query.order_by(LostQuestionRow.at.desc()).limit(200)))
    return list(dict.fromkeys(text for text in texts if text))


def as_example(text: str) -> str:
    """A masked question as an example question: without the places of personal values, on one line."""
    return re.sub(r"\s+", " ", PLACEHOLDER.sub(" ", text)).strip()[:LONGEST]


def begin_answer(session: Session, knowledge: LiveKnowledge, staff: Staff, group: UnansweredGroupRow) -> RevisionRow:
    """A new question-and-answer draft with the group's wordings as its examples; its answer is still to be written."""
    texts = wordings(session, group)
    if not texts:
        raise DraftError("Nhóm câu hỏi này không còn nữa.")
    asked = knowledge.read(texts[0]) if texts[0].isascii() and knowledge.snapshot else texts[0]
    title = asked[0].upper() + asked[1:]
    content = EMPTY_FAQ | {
        "id": drafts.next_local_id(session, "faq"), "title": title if title.endswith("?") else f"{title}?",
        "topic": _topic(session, group),
    }  # fmt: skip
    content["examples"] = _no_names(texts, content)[:EXAMPLES]
    return _saved(session, staff, group, content, "Từ câu hỏi chưa trả lời")


def add_example(session: Session, staff: Staff, group: UnansweredGroupRow, entry_id: str) -> RevisionRow:
    """The group's wordings as examples of an entry that is there."""
    texts = wordings(session, group)[:EXAMPLES]
    return _add(session, staff, group, entry_id, "examples", texts, "Thêm câu hỏi mẫu từ câu hỏi chưa trả lời")


def add_name(session: Session, staff: Staff, group: UnansweredGroupRow, entry_id: str, name: str) -> RevisionRow:
    """A common name of an entry that is there. name: as the curator shortened it."""
    if not name:
        raise DraftError("Chưa có tên thường gọi.")
    return _add(session, staff, group, entry_id, "common_names", [name], "Thêm tên thường gọi từ câu hỏi chưa trả lời")


def dismiss(session: Session, staff: Staff, group: UnansweredGroupRow) -> None:
    """Close a group that needs no answer; it comes back when somebody is lost to it again."""
    group.state, group.closed_at, group.answered_by = "closed", now(), None
    audit.note(session, staff.name, "closed a question", str(group.id))


def _add(
    session: Session, staff: Staff, group: UnansweredGroupRow, entry_id: str, field: str, texts: list[str], why: str
) -> RevisionRow:
    newest = drafts.newest(session, entry_id)
    if newest is None:
        raise DraftError("Không có mục này.")
    before = list(newest.content.get(field) or [])
    fresh = [text for text in _no_names(texts, newest.content) if text not in before]
    content = dict(newest.content) | {field: [*before, *fresh]}
    return _saved(session, staff, group, content, why)


def _no_names(texts: list[str], content: Mapping[str, Any]) -> list[str]:
    """The texts that are no name of the entry already."""
    names = {plain(name) for name in (content["title"], *content.get("common_names", ()))}
    return [text for text in texts if plain(text) not in names]


def _saved(session: Session, staff: Staff, group: UnansweredGroupRow, content: dict[str, Any], why: str) -> RevisionRow:
    draft = drafts.save(session, staff, content, why)
    group.draft = draft.entry_id
    return draft


def _topic(session: Session, group: UnansweredGroupRow) -> str:
    """The topic or field of the nearest entry, so that a new answer stands beside it."""
    newest = drafts.newest(session, str(group.suggestions[0][0])) if group.suggestions else None
    content = newest.content if newest else {}
    return str(content.get("topic") or content.get("field") or "Hỏi đáp chung")
