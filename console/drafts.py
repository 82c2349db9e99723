"""Revisions of entries as staff work on them: draft → review → published by a second person, and back to an old one."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.privacy import mask
from console import audit
from console.accounts import Staff
from console.checks import Checks
from console.wording import field_name
from knowledge.entry import ENTRY, Faq, Procedure
from knowledge.lint.finding import Finding
from knowledge.publish import Press, Published
from knowledge.publishing import publish_apart
from knowledge.seeding import content_hash, content_of
from store.engine import Database
from store.knowledge import EntryRow, RevisionRow

EMPTY_FAQ: dict[str, Any] = {
    "kind": "faq", "topic": "", "title": "", "answer": "", "confidence": "medium", "examples": [],
    "common_names": [], "sources": [], "legal_basis": [], "related": [],
}  # fmt: skip
EMPTY_PROCEDURE: dict[str, Any] = {
    "kind": "procedure", "origin": "officer", "title": "", "field": "", "confidence": "medium",
    "fee": {"kind": "unknown"}, "time": {"unit": "unknown"}, "place": {"authority": "", "level": "unknown"},
    "online": {"level": "unknown", "channels": []}, "examples": [], "common_names": [], "documents": [], "steps": [],
    "sources": [], "legal_basis": [], "forms": [], "related": [],
}  # fmt: skip
_LOCAL = re.compile(r"local-(\d{3})")


class DraftError(ValueError):
    """Why a step is not possible; the text is Vietnamese. findings: what the checks found."""

    def __init__(self, sentence: str, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(sentence)
        self.findings = findings


def newest(session: Session, entry_id: str) -> RevisionRow | None:
    """The last revision of an entry, in whatever state."""
    query = select(RevisionRow).filter_by(entry_id=entry_id).order_by(RevisionRow.number.desc())
    return session.scalars(query.limit(1)).first()


def revisions(session: Session, entry_id: str) -> list[RevisionRow]:
    """All revisions of an entry, the newest first."""
    return list(session.scalars(select(RevisionRow).filter_by(entry_id=entry_id).order_by(RevisionRow.number.desc())))


def revision(session: Session, entry_id: str, number: int) -> RevisionRow:
    """One revision. Raises DraftError when there is none."""
    row = session.scalars(select(RevisionRow).filter_by(entry_id=entry_id, number=number)).one_or_none()
    if row is None:
        raise DraftError("Không có bản này.")
    return row


def parse(content: Mapping[str, Any]) -> Procedure | Faq:
    """The entry that a content is. Raises DraftError naming the fields that are missing or wrong."""
    try:
        return ENTRY.validate_python(dict(content))
    except ValidationError as error:
        fields = {field_name(".".join(str(part) for part in e["loc"][1:])) for e in error.errors()}
        raise DraftError(f"Thiếu hoặc sai: {', '.join(sorted(fields))}.") from error


def save(session: Session, staff: Staff, content: Mapping[str, Any], comment: str | None) -> RevisionRow:
    """Keep a content as a draft: over the last one when that is a draft of the same person, else as a new revision."""
    changed = {**content, "review": "none"}
    if changed["kind"] == "procedure":
        changed["origin"] = "officer"
    entry = parse(changed)
    row = session.get(EntryRow, entry.id)
    if row is None:
        row = EntryRow(id=entry.id, kind=entry.kind, origin="officer")
        session.add(row)
        session.flush()
    draft = newest(session, entry.id)
    if draft is None or draft.state != "draft" or draft.author != staff.name:
        draft = RevisionRow(
            entry_id=entry.id, number=draft.number + 1 if draft else 1, state="draft", author=staff.name
        )
        session.add(draft)
    _fill(draft, entry)
    draft.comment = comment
    session.flush()
    audit.note(session, staff.name, "saved a draft", entry.id, revision=draft.number)
    return draft


def submit(session: Session, checks: Checks, staff: Staff, draft: RevisionRow) -> None:
    """Hand a draft to somebody else for review. Raises DraftError with the findings when the checks find errors."""
    if draft.state != "draft":
        raise DraftError("Chỉ bản nháp mới gửi duyệt được.")
    _refuse_errors(checks.findings(session, parse(draft.content)))
    draft.state = "review"
    audit.note(session, staff.name, "asked for review", draft.entry_id, revision=draft.number)


def send_back(session: Session, staff: Staff, draft: RevisionRow, comment: str) -> None:
    """Return a revision under review to its author, with what is to be changed."""
    if draft.state != "review":
        raise DraftError("Bản này không ở bước duyệt.")
    draft.state, draft.comment = "draft", comment or draft.comment
    audit.note(session, staff.name, "sent back a draft", draft.entry_id, revision=draft.number)


def publish_reviewed(
    press: Press, checks: Checks, staff: Staff, wanted: Sequence[tuple[str, int]], *, checked: bool
) -> Published:
    """Make reviewed revisions live in one publication through lint and regression gate; no author can, all or none.

    wanted: entry and number of each. checked: the publisher compared them with their sources. Raises DraftError,
    `PublicationRefusedError`, LookupError.
    """
    with press.database.read() as session:
        for entry_id, number in wanted:
            _check_reviewed(session, checks, staff, revision(session, entry_id, number))
    with press.database.write() as session:
        drafts = [revision(session, entry_id, number) for entry_id, number in wanted]
        for draft in drafts:
            _fill(draft, parse({**draft.content, "review": "officer" if checked else "none"}))
        ids = [draft.id for draft in drafts]
    done = publish_apart(press, staff.name, revisions=ids)
    for entry_id, number in wanted:
        _note(press.database, staff, "published", entry_id, number, done)
    return done


def restore(press: Press, staff: Staff, entry_id: str, number: int) -> Published:
    """Make what was published before live again at once, as a new revision; it passed the gate in its time."""
    with press.database.write() as session:
        old = revision(session, entry_id, number)
        last = newest(session, entry_id)
        if old.state != "retired" or last is None:
            raise DraftError("Chỉ bản từng xuất bản mới khôi phục được.")
        copy = RevisionRow(entry_id=entry_id, number=last.number + 1, state="review", author=old.author)
        copy.comment = f"Khôi phục bản {old.number}"
        _fill(copy, parse(old.content))
        session.add(copy)
        session.flush()
        id_ = copy.id
    done = publish_apart(press, staff.name, revisions=[id_], gate=False)
    _note(press.database, staff, "restored", entry_id, number, done)
    return done


def remove(press: Press, staff: Staff, entry_id: str, reason: str) -> Published:
    """Take a live entry out of the answers at once, without the gate: nothing new is said. `restore` brings it back.

    reason: for the audit, kept without personal values. Raises DraftError when it is not live or no reason is given.
    """
    why = mask(reason, lambda kind, value: 0)
    if not why:
        raise DraftError("Cần ghi lý do gỡ.")
    with press.database.read() as session:
        row = session.get(EntryRow, entry_id)
        if row is None or row.live is None:
            raise DraftError("Mục này không ở trong các câu trả lời.")
        number = row.live
    done = publish_apart(press, staff.name, removed=[entry_id], gate=False)
    _note(press.database, staff, "removed from answers", entry_id, number, done, reason=why)
    return done


def next_local_id(session: Session, kind: str) -> str:
    """A free id for an entry made here: ``local-001`` for a procedure, random for an FAQ."""
    if kind == "faq":
        return f"faq-{secrets.token_hex(4)}"
    highest = session.scalar(select(func.max(EntryRow.id)).where(EntryRow.id.like("local-%")))
    found = _LOCAL.fullmatch(highest or "")
    return f"local-{int(found[1]) + 1 if found else 1:03d}"


def _check_reviewed(session: Session, checks: Checks, staff: Staff, draft: RevisionRow) -> None:
    """Raise DraftError, which names the entry, when `staff` may not publish it."""
    if draft.state != "review":
        raise DraftError(f"{draft.title}: chỉ bản đã gửi duyệt mới xuất bản được.")
    if draft.author == staff.name:
        raise DraftError(f"{draft.title}: người soạn không tự xuất bản. Cần người thứ hai.")
    try:
        _refuse_errors(checks.findings(session, parse(draft.content)))
    except DraftError as error:
        raise DraftError(f"{draft.title}: {error}", error.findings) from error


def _refuse_errors(found: list[Finding]) -> None:
    errors = tuple(finding for finding in found if finding.severity == "error")
    if errors:
        raise DraftError("Kiểm tra thấy lỗi, cần sửa trước.", errors)


def _fill(draft: RevisionRow, entry: Procedure | Faq) -> None:
    draft.content = content_of(entry)
    draft.content_hash = content_hash(draft.content)
    draft.valid_from, draft.valid_until = entry.valid_from, entry.valid_until


def _note(
    database: Database, staff: Staff, action: str, entry_id: str, number: int, done: Published, **details: str
) -> None:
    with database.write() as session:
        audit.note(session, staff.name, action, entry_id, revision=number, snapshot=done.number, **details)
