"""The province's profile as a form: lists as lines, hours as ``07:30-11:30, 13:30-17:00``; and back, validated."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from knowledge.province import WEEKDAYS, AreaFee, Office, Period, Profile

NAMES = {
    "name": "Tên tỉnh", "dossier_code": "Mã đơn vị đầu mã hồ sơ", "hotline": "Tổng đài",
    "complaints_line": "Đường dây nóng",
    "centre_name": "Tên trung tâm", "centre_address": "Địa chỉ trung tâm", "centre_map": "Bản đồ (https)",
    "commune_fallback": "Khi chưa biết người hỏi ở xã nào", "callback_within": "Gọi lại trong",
    "petition_reply": "Hạn trả lời phản ánh", "fee_waiver": "Miễn giảm lệ phí qua mạng",
    "payment_check_days": "Kiểm tra thanh toán (ngày)", "max_upload_mb": "Tệp tải lên tối đa (MB)",
    "closed_on": "Ngày nghỉ thêm", "communes": "Xã, phường", "fees": "Lệ phí do tỉnh quy định",
    "area_fees": "Lệ phí riêng của từng vùng",
}  # fmt: skip
DAY_NAMES = dict(
    zip(WEEKDAYS, ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật"), strict=True)
)
PLAIN = (
    "name", "dossier_code", "hotline", "complaints_line", "commune_fallback", "callback_within", "petition_reply",
    "fee_waiver", "payment_check_days", "max_upload_mb",
)  # fmt: skip
_COMMUNES, _PROVINCES = ("Xã ", "Phường ", "Đặc khu "), ("Tỉnh ", "Thành phố ")
_PERIOD = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")


class ProfileError(ValueError):
    """What is wrong with a profile, one line a field, in Vietnamese."""


def to_form(profile: Profile) -> dict[str, str]:
    """A profile as the fields of the form."""
    form = {name: str(getattr(profile, name)) for name in PLAIN}
    centre = profile.centre
    form |= {"centre_name": centre.name, "centre_address": centre.address, "centre_map": centre.map_url or ""}
    form |= {day: ", ".join(map(_period, getattr(profile.hours, day))) for day in WEEKDAYS}
    form["closed_on"] = "\n".join(f"{day:%d/%m/%Y}" for day in profile.closed_on)
    form["communes"] = "\n".join(map(_office, profile.communes))
    form["fees"] = "\n".join(f"{id_} | {fee.amount_vnd} | {fee.note}" for id_, fee in profile.fees.items())
    form["area_fees"] = "\n".join(_area_fee(id_, fee) for id_, fees in profile.area_fees.items() for fee in fees)
    return form


def from_form(form: Mapping[str, str], present: Profile) -> Profile:
    """The profile that a form describes; what the form does not show is taken from `present`. Raises ProfileError."""
    wrong: list[str] = []

    def parsed(name: str, label: str, parse: Callable[[str], Any]) -> Any:
        try:
            return parse(form[name])
        except ValueError as error:
            wrong.append(f"{label}: {error}")
            return None

    content = present.model_dump(mode="json") | {name: form[name] for name in PLAIN}
    content["centre"] = present.centre.model_dump() | {
        "name": form["centre_name"], "address": form["centre_address"], "map_url": form["centre_map"] or None,
    }  # fmt: skip
    content["hours"] = {day: parsed(day, DAY_NAMES[day], _periods) for day in WEEKDAYS}
    for name, parse in (("closed_on", _days), ("communes", _offices), ("fees", _fees), ("area_fees", _area_fees)):
        content[name] = parsed(name, NAMES[name], parse)
    wrong += [f"{NAMES[name]}: còn trống" for name in (*PLAIN, "centre_name", "centre_address") if not form[name]]
    if wrong:
        raise ProfileError("\n".join(wrong))
    try:
        return Profile.model_validate(content)
    except ValidationError as error:
        raise ProfileError("\n".join(dict.fromkeys(_told(part["loc"]) for part in error.errors()))) from error


def _told(place: tuple[int | str, ...]) -> str:
    first, second = (*map(str, place), "", "")[:2]
    if first == "hours":
        return f"{DAY_NAMES.get(second, 'Giờ làm việc')}: giờ đóng cửa phải sau giờ mở cửa"
    if first == "centre":
        first = {"map_url": "centre_map"}.get(second, f"centre_{second}")
    return f"{NAMES[first]}: không hợp lệ" if first in NAMES else "Phải có ít nhất một buổi làm việc trong tuần"


def _period(period: Period) -> str:
    return f"{period.start:%H:%M}-{period.end:%H:%M}"


def _periods(text: str) -> list[dict[str, str]]:
    made = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        found = _PERIOD.fullmatch(part)
        if not found:
            raise ValueError(f"“{part}” cần viết như 07:30-11:30")
        made.append({"start": f"{int(found[1]):02}:{found[2]}", "end": f"{int(found[3]):02}:{found[4]}"})
    return made


def _office(office: Office) -> str:
    place = f"{office.location[0]}, {office.location[1]}" if office.location else ""
    return " | ".join(filter(None, (office.name, office.address, office.map_url, place)))


def _offices(text: str) -> list[dict[str, Any]]:
    return [_read_office(line) for line in text.splitlines() if line.strip()]


def _read_office(line: str) -> dict[str, Any]:
    name, *rest = (part.strip() for part in line.split("|"))
    if not name or not rest or not rest[0]:
        raise ValueError(f"“{line}” cần viết: tên | địa chỉ")
    office: dict[str, Any] = {"name": name, "address": rest[0]}
    for part in rest[1:]:
        place = re.fullmatch(r"(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)", part)
        if place:
            office["location"] = (float(place[1]), float(place[2]))
        elif part.startswith("https://"):
            office["map_url"] = part
        elif part:
            raise ValueError(f"“{part}” không phải là bản đồ (https://…) hay toạ độ")
    return office


def _days(text: str) -> list[str]:
    made = []
    for part in filter(None, (part.strip() for part in re.split(r"[\n,]", text))):
        try:
            made.append(datetime.strptime(part, "%d/%m/%Y").date().isoformat())  # noqa: DTZ007 - a day has no zone
        except ValueError:
            raise ValueError(f"“{part}” cần viết như 02/01/2027") from None
    return made


def _fees(text: str) -> dict[str, dict[str, Any]]:
    made = {}
    for line in filter(str.strip, text.splitlines()):
        id_, amount, note = _columns(line, ("mã thủ tục", "số tiền", "căn cứ"))
        made[id_] = {"amount_vnd": _amount(amount), "note": note}
    return made


def _area_fee(id_: str, fee: AreaFee) -> str:
    where = "; ".join((*fee.communes, *fee.former_provinces))
    return f"{id_} | {fee.area} | {where} | {fee.amount_vnd} | {fee.note}"


def _area_fees(text: str) -> dict[str, list[dict[str, Any]]]:
    made: dict[str, list[dict[str, Any]]] = {}
    for line in filter(str.strip, text.splitlines()):
        id_, area, where, amount, note = _columns(
            line, ("mã thủ tục", "vùng áp dụng", "các xã hoặc tỉnh cũ", "số tiền", "căn cứ")
        )
        fee = {"area": area, "amount_vnd": _amount(amount), "note": note} | _where(where)
        made.setdefault(id_, []).append(fee)
    return made


def _where(text: str) -> dict[str, list[str]]:
    """Communes of today and provinces of before, told apart by their type."""
    found: dict[str, list[str]] = {"communes": [], "former_provinces": []}
    for name in filter(None, (part.strip() for part in text.split(";"))):
        if not name.startswith((*_COMMUNES, *_PROVINCES)):
            raise ValueError(f"“{name}” cần ghi cả loại: Xã, Phường, Đặc khu, hoặc Tỉnh, Thành phố cũ")
        found["communes" if name.startswith(_COMMUNES) else "former_provinces"].append(name)
    return found


def _columns(line: str, names: tuple[str, ...]) -> list[str]:
    """The parts of a line between bars. Raises ValueError unless each of `names` has one."""
    parts = [part.strip() for part in line.split("|")]
    if len(parts) != len(names) or not all(parts):
        raise ValueError(f"“{line}” cần viết: {' | '.join(names)}")
    return parts


def _amount(text: str) -> int:
    digits = re.sub(r"[.\s]|đồng$", "", text)
    if not digits.isdecimal():
        raise ValueError(f"“{text}” không phải là số tiền")
    return int(digits)
