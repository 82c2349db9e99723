"""One record of ``DongBoHoSoMC`` as it is pushed, reduced to what is kept; everything else is dropped unread."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from knowledge.dossier_code import NotADossierCode, parse_dossier_code
from knowledge.dossier_fields import day_of, is_sensitive, stage_of, status_of

_DAYS = {
    "submitted_on": "NgayNopHoSo",
    "received_on": "NgayTiepNhan",
    "due_on": "NgayHenTra",
    "finished_on": "NgayKetThucXuLy",
    "returned_on": "NgayTra",
}
_NUMBER = re.compile(r"[0-9]{4}")
MAX_TITLE = 300


class RecordError(ValueError):
    """Why a record is refused, in Vietnamese, for the people who run the one-stop system."""


@dataclass(frozen=True, slots=True)
class PushedDossier:
    """A record that can be kept.

    code: canonical. applicant, authorised: whole numbers, None when not given; they are hashed and never stored.
    values: columns of `DossierRow`, of the fields that the record has.
    """

    code: str
    applicant: str | None
    authorised: str | None
    values: dict[str, Any]


def read_record(record: Any, today: date) -> PushedDossier:
    """The usable content of one record; raises `RecordError`. today: in Vietnam."""
    if not isinstance(record, dict):
        raise RecordError("Bản ghi không phải là một đối tượng JSON.")
    parsed = parse_dossier_code(str(record.get("MaHoSo") or ""), today)
    if isinstance(parsed, NotADossierCode):
        raise RecordError("Thiếu MaHoSo." if parsed.reason == "empty" else "MaHoSo không đúng dạng mã hồ sơ.")
    status = status_of(record.get("TrangThaiHoSo"))
    if status is None:
        raise RecordError("TrangThaiHoSo phải là số từ 1 đến 10.")
    values: dict[str, Any] = {"status": status, "stage": stage_of(record.get("TrangThaiChiTiet")), **_days(record)}
    if "MaTTHC" in record:
        values["procedure_id"] = plain(record["MaTTHC"], 64) or None
    if "TenTTHC" in record:
        title = plain(record["TenTTHC"], MAX_TITLE)
        values["procedure_title"] = title if title and not is_sensitive(title) else None
    return PushedDossier(parsed.code, _applicant(record), _number(record, "SoGiayToNguoiUyQuyen"), values)


def plain(value: Any, longest: int) -> str:
    """`value` as one line of storable text, at most `longest` characters."""
    text = str(value or "").encode("utf-8", "ignore").decode()
    return "".join(c for c in text if c.isprintable()).strip()[:longest]


def _days(record: dict[str, Any]) -> dict[str, date | None]:
    days = {column: day_of(record[field]) for column, field in _DAYS.items() if field in record}
    for column, day in days.items():
        if day is None and record[_DAYS[column]]:
            raise RecordError(f"{_DAYS[column]} không đúng dạng yyyyMMddHHmmss.")
    received, due = days.get("received_on"), days.get("due_on")
    if received and due and due < received:
        raise RecordError("NgayHenTra sớm hơn NgayTiepNhan.")
    return days


def _applicant(record: dict[str, Any]) -> str | None:
    """The applicant's number or the business's tax code, wherever the record has it."""
    holders = record.get("DinhDanhCHS")
    first = holders[0] if isinstance(holders, list) and holders and isinstance(holders[0], dict) else {}
    return _number(record, "SoGiayToChuHoSo") or _number(first, "SoDinhDanh") or _number(record, "MaSoThue")


def _number(record: dict[str, Any], field: str) -> str | None:
    number = re.sub(r"[\s.-]", "", str(record.get(field) or ""))
    if number and not _NUMBER.fullmatch(number[-4:]):
        raise RecordError(f"{field} phải kết thúc bằng bốn chữ số.")
    return number or None
