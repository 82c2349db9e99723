"""A portal record as an entry of the knowledge base, and as a line of the catalogue of bare facts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from knowledge.catalogue import procedure
from knowledge.entry import Fee, Paper, Procedure, Source
from knowledge.lint.stale import household_book, stale_district
from knowledge.sources.portal import Flagged, PortalRecord
from knowledge.sources.portal_channels import ChannelRow
from knowledge.sources.portal_papers import PaperRow

_BY = ("online", "post", "in_person")
_NO_BOOK = "Sổ hộ khẩu giấy hết giá trị từ 01/01/2023, cơ quan tra cứu dữ liệu dân cư thay cho sổ"
_ONE_STOP = Source(
    basis="province", title="Danh mục thủ tục của hệ thống một cửa", note="Chỉ có mã, tên và lĩnh vực của thủ tục"
)
_STEP = re.compile(r"\n+(?=\s*(?:[-+*•]?\s*)?(?:Bước \d+|[a-z]\)|\d+\.|[-+•*]))|\n")
_LONGEST = {"paper": 240, "text": 700, "remark": 400}
_MOST_STEPS, _MOST_PAPERS = 14, 40


@dataclass(frozen=True, slots=True)
class Imported:
    """An entry made from a record, and what of the record a person must look at."""

    entry: Procedure
    flags: tuple[Flagged, ...]


def bare_facts(record: PortalRecord) -> dict[str, Any]:
    """The record as a line of the catalogue: codes, names, numbers; no running text."""
    offices = [name for name in record.offices if not stale_district(name)]
    facts = {
        "code": record.code,
        "title": record.title,
        "field": record.field,
        "level": list(record.levels),
        "authority": offices[0] if offices else None,
        "decision": record.decision,
        "channels": _merged(record.channels),
        "documents": list(record.documents),
    }
    return {key: value for key, value in facts.items() if value}


def _merged(rows: Iterable[ChannelRow]) -> list[dict[str, Any]]:
    """The channels; those with equal values share an item."""
    items: list[dict[str, Any]] = []
    for row in sorted(rows, key=lambda row: _BY.index(row.channel)):
        values = {
            "time": _whole(row.time), "unit": row.unit, "remark_unit": row.remark_unit, "fee": _whole(row.fee),
            "currency": row.currency, "per": row.per, "more": row.more, "council": row.council, "unclear": row.unclear,
        }  # fmt: skip
        values = {key: value for key, value in values.items() if value is not None and value is not False}
        same = next((item for item in items if {k: v for k, v in item.items() if k != "by"} == values), None)
        if same is None:
            items.append({"by": [row.channel], **values})
        elif row.channel not in same["by"]:
            same["by"].append(row.channel)
    return items


def _whole(number: float | None) -> float | int | None:
    return int(number) if number is not None and number == int(number) else number


def imported(record: PortalRecord, collected: date) -> Imported:
    """The record as an unreviewed entry of low confidence, with papers, steps and conditions where they can be said.

    collected: the day the record was taken from the portal.
    """
    flags = list(record.flags)
    base = procedure(bare_facts(record), collected)
    changes: dict[str, Any] = {
        "who": _said(record.texts.get("doi_tuong_thuc_hien"), "doi_tuong_thuc_hien", flags),
        "conditions": _said(record.texts.get("yeu_cau_dieu_kien"), "yeu_cau_dieu_kien", flags),
        "steps": _steps(record.texts.get("trinh_tu_thuc_hien"), flags),
        "documents": tuple(_paper(row, flags) for row in record.papers[:_MOST_PAPERS]),
        "documents_note": "Danh sách đầy đủ xem trên Cổng Dịch vụ công" if len(record.papers) > _MOST_PAPERS else None,
        "result": _said("; ".join(record.results) or None, "ket_qua_xu_ly", flags),
        "forms": tuple(dict.fromkeys(filter(None, (_file(name) for row in record.papers for name in row.files)))),
        "place": _place(base, record, flags),
        "fee": _fee(base.fee, record, flags),
    }
    if record.bare:
        changes["sources"] = (_ONE_STOP.model_dump(),)
    return Imported(Procedure.model_validate({**base.model_dump(), **changes}), tuple(flags))


def _fee(fee: Fee, record: PortalRecord, flags: list[Flagged]) -> dict[str, Any]:
    """The fee with what the portal adds in brackets, when all channels add the same and it is short."""
    remarks = {_bracketed(row.remark) for row in record.channels}
    flags += [Flagged("cach_thuc_thuc_hien", "district", text) for text in sorted(remarks) if stale_district(text)]
    remark = remarks.pop() if len(remarks) == 1 else ""
    if not remark or len(remark) > _LONGEST["remark"] or stale_district(remark):
        return fee.model_dump()
    return {**fee.model_dump(), "rule": ". ".join(part for part in (fee.rule, f"Cổng ghi thêm: {remark}") if part)}


def _bracketed(remark: str) -> str:
    """The text of the brackets a remark starts with, nested ones included; "" when it starts otherwise."""
    depth = 0
    for at, letter in enumerate(remark):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return re.sub(r"\s+", " ", remark[1:at]).strip(" .()*+-") if at else ""
    return ""


def _place(base: Procedure, record: PortalRecord, flags: list[Flagged]) -> dict[str, Any]:
    gone = [name for name in dict.fromkeys((*record.offices, *record.executing)) if stale_district(name)]
    flags += [Flagged("co_quan_thuc_hien", "district", name) for name in gone]
    where = _said(record.texts.get("dia_chi_tiep_nhan"), "dia_chi_tiep_nhan", flags)
    executing = [name for name in record.executing if name not in gone and name != base.place.authority]
    if where is None and executing:
        where = ", ".join(executing)[: _LONGEST["paper"]]
    return {**base.place.model_dump(), "where": where, "before": ", ".join(gone) or None}


def _said(text: str | None, column: str, flags: list[Flagged]) -> str | None:
    """The text when it is short and up to date enough to be said; otherwise it stays with the flags."""
    if text is None:
        return None
    if stale_district(text):
        flags.append(Flagged(column, "district", text))
        return None
    if len(text) > _LONGEST["text"]:
        flags.append(Flagged(column, "shortened", text))
        return None
    return re.sub(r"\s+", " ", text)


def _steps(text: str | None, flags: list[Flagged]) -> tuple[str, ...]:
    if text is None:
        return ()
    steps = [re.sub(r"\s+", " ", step).strip(" -+*•") for step in _STEP.split(text) if step.strip(" -+*•\n")]
    flag = "district" if stale_district(text) else "shortened"
    if flag == "district" or len(steps) > _MOST_STEPS or any(len(step) > _LONGEST["text"] for step in steps):
        flags.append(Flagged("trinh_tu_thuc_hien", flag, text))
        return ()
    return tuple(steps)


def _paper(row: PaperRow, flags: list[Flagged]) -> Paper:
    name, notes = row.name, []
    if household_book(name):
        flags.append(Flagged("thanh_phan_ho_so", "household_book", name))
        notes.append(_NO_BOOK)
    if stale_district(name):
        flags.append(Flagged("thanh_phan_ho_so", "district", name))
    if len(name) > _LONGEST["paper"]:
        flags.append(Flagged("thanh_phan_ho_so", "shortened", name))
        name = f"{name[: _LONGEST['paper']].rsplit(' ', 1)[0].rstrip(' ,;:')}…"
    if row.originals and row.copies:
        notes.append(f"Kèm {row.copies} bản sao")
    return Paper(
        name=name,
        form="original" if row.originals else "copy",
        copies=row.originals or row.copies,
        condition=_case(row.case),
        note=". ".join(notes) or None,
        template=(_file(row.files[0]) if row.files else None) or None,
    )


def _case(case: str | None) -> str | None:
    """The title of a group of papers when it names a case, shortened."""
    if case is None or re.match(r"(?i)giấy tờ (?:phải|cần)? ?(?:nộp|xuất trình)|thành phần hồ sơ", case):
        return None
    limit = _LONGEST["paper"]
    return case if len(case) <= limit else f"{case[:limit].rsplit(' ', 1)[0]}…"


def _file(name: str) -> str:
    return re.sub(r"\.\w{2,4}$", "", name).strip()
