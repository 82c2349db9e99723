"""A file of entries: first a dry run that says what each row would do, then drafts of what was found good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from console import audit, drafts, sheet
from console.accounts import Staff
from console.checks import Checks
from console.comparison import compare
from console.drafts import EMPTY_FAQ, EMPTY_PROCEDURE, DraftError
from console.sheet_columns import CellError
from console.wording import RULES, field_name
from knowledge.entry import Faq, Procedure
from knowledge.lint.rules import lint
from knowledge.seeding import content_of
from knowledge.sources.files import BadFile, Row
from store.base import now
from store.knowledge import RevisionRow
from store.uploads import UploadRow

KEPT = timedelta(days=1)
Outcome = Literal["new", "changed", "same", "wrong"]
_NEVER_COMPARED = ("origin", "review")


@dataclass(frozen=True, slots=True)
class Line:
    """What one row would do. changed: names of fields. problems: why it is wrong. warnings: what the checks say."""

    row: int
    id: str
    title: str
    outcome: Outcome
    changed: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def dry_run(session: Session, staff: Staff, name: str, rows: Sequence[Row]) -> UploadRow:
    """What a file would do, kept for a day with the contents it would make. Nothing else is written."""
    session.execute(delete(UploadRow).where(UploadRow.at < now() - KEPT))
    made: list[dict[str, Any]] = []
    lines: list[Line] = []
    seen: dict[str, int] = {}
    for row in rows:
        line, content = _line(session, row, seen)
        lines.append(line)
        if content is not None and line.outcome in ("new", "changed"):
            made.append(content)
    upload = UploadRow(name=name[:255], by=staff.name, entries=made, report=[asdict(line) for line in lines])
    session.add(upload)
    session.flush()
    return upload


def take_over(session: Session, staff: Staff, upload_id: str) -> list[RevisionRow]:
    """The drafts of a file that was tried. Raises DraftError when it is gone, somebody else's, or was taken over."""
    upload = session.get(UploadRow, upload_id, with_for_update=True)
    if upload is None or upload.by != staff.name:
        raise DraftError("Không còn kết quả chạy thử này. Hãy gửi lại tệp.")
    if upload.taken_at is not None:
        raise DraftError("Tệp này đã được nhập rồi.")
    upload.taken_at = now()
    made = []
    for content in upload.entries:
        entry = content | {"id": content["id"] or drafts.next_local_id(session, content["kind"])}
        made.append(drafts.save(session, staff, entry, f"Nhập từ {upload.name}"))
    audit.note(session, staff.name, "imported entries", upload.name[:128], drafts=len(made))
    return made


def submit_all(session: Session, checks: Checks, staff: Staff, upload_id: str) -> tuple[int, int]:
    """Hand the drafts of a file over for review; how many were handed over, and how many the checks refused."""
    upload = session.get(UploadRow, upload_id)
    if upload is None or upload.by != staff.name:
        raise DraftError("Không còn kết quả chạy thử này. Hãy gửi lại tệp.")
    comment = f"Nhập từ {upload.name}"
    query = select(RevisionRow).filter_by(author=staff.name, state="draft", comment=comment)
    done = refused = 0
    for draft in session.scalars(query):
        try:
            drafts.submit(session, checks, staff, draft)
            done += 1
        except DraftError:
            refused += 1
    return done, refused


def _line(session: Session, row: Row, seen: dict[str, int]) -> tuple[Line, dict[str, Any] | None]:
    title = (row.values.get("Tên") or row.values.get("ten_thu_tuc") or row.values.get("TenTTHC") or "").strip()[:200]
    id_ = ""
    try:
        id_, content, before = _content(session, row)
        if id_ and seen.setdefault(id_, row.number) != row.number:
            raise CellError(f"mã {id_} đã có ở dòng {seen[id_]}")
        entry = drafts.parse(content | {"id": id_ or "faq-new"})
    except (BadFile, CellError, DraftError) as error:
        return Line(row.number, id_[:64], title, "wrong", problems=(str(error),)), None
    whole = content_of(entry) | {"id": id_}
    fields = _changed(before, whole) if before is not None else ()
    outcome: Outcome = "new" if before is None else "changed" if fields else "same"
    return Line(row.number, id_, entry.title, outcome, fields, warnings=_checked(entry)), whole


def _checked(entry: Procedure | Faq) -> tuple[str, ...]:
    """What the checks say of an entry alone."""
    found = (one for one in lint([entry]) if one.rule != "unknown-related")
    return tuple(dict.fromkeys(f"{RULES.get(one.rule, one.rule)} ({field_name(one.field)})" for one in found))[:6]


def _content(session: Session, row: Row) -> tuple[str, dict[str, Any], Mapping[str, Any] | None]:
    """Id, content, and the content of the newest revision when there is one."""
    if sheet.is_portal(row):
        content = sheet.portal_content(row)
        newest = drafts.newest(session, str(content["id"]))
        if newest and content | {"sources": newest.content["sources"]} == newest.content:
            content = newest.content
        return str(content["id"]), content, newest.content if newest else None
    kind, id_ = sheet.key_of(row)
    newest = drafts.newest(session, id_) if id_ else None
    if newest is not None and newest.content["kind"] != kind:
        raise CellError(f"mã {id_} là của mục loại khác")
    empty = EMPTY_FAQ if kind == "faq" else EMPTY_PROCEDURE
    if kind == "procedure" and not id_:
        raise CellError("Mã: thủ tục cần mã quốc gia, ví dụ 1.001193, hoặc mã local-001")
    return id_, sheet.content(row, kind, newest.content if newest else empty), newest.content if newest else None


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    found = compare(before, after)
    return tuple(field_name(one.field) for one in found if one.field not in _NEVER_COMPARED)
