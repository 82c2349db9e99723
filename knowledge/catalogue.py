"""The catalogue: bare facts of every procedure on the national portal, as collected in June and July 2026.

`knowledge/seed/catalogue.jsonl` holds one JSON object a line, sorted by code; a key is left out when nothing is known:

``code``, ``title``, ``field``   as on the portal
``level``      list of ``commune``, ``province``, ``ministry``, ``other``
``authority``  name of the office that decides
``decision``   number of the decision that published the procedure
``channels``   list of ``{by, time, unit, remark_unit, fee, currency, per, more, unclear}``; channels with equal
               values share an item: ``by`` list of ``in_person``, ``online``, ``post``; ``time`` number; ``unit``
               ``hour``, ``day``, ``working_day``, ``month``, ``year``, left out when the portal gives a bare number;
               ``remark_unit`` when the remark gives as many days of the other kind; ``fee`` number, 0
               for the portal's zero or "Miễn phí"; ``currency`` when not đồng; ``per`` what the fee is counted by;
               ``more`` true when the remark names other amounts; ``council`` true when it says that the Provincial
               People's Council sets the fee; ``unclear`` true when time and fee run into each
               other and neither is certain
``documents``  official numbers of the legal basis
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterator
from datetime import date
from pathlib import Path
from typing import Any, Literal

from knowledge.entry import Duration, Fee, LegalDocument, Online, Place, Procedure, Source
from knowledge.wording import month

CATALOGUE = Path(__file__).parent / "seed" / "catalogue.jsonl"
COLLECTED = date(2026, 7, 1)
"""The day of the shipped catalogue; it was collected over two months."""

# No fee is below a thousand đồng: such amounts on the portal are in thousands ("135 đồng" for a driving licence).
_LEAST_DONG = 1000
NO_UNIT = "(không ghi đơn vị)"
_NOTE = "Bản ghi của Cổng thu thập {month}, chưa được cán bộ tỉnh duyệt"
_ZERO = "Cổng ghi 0 đồng, mức thật có thể do tỉnh hoặc bộ quy định riêng"
_MORE = "Phần ghi chú của Cổng còn nêu mức tiền khác theo từng trường hợp"
_UNCLEAR = "Cổng ghi dính thời hạn với mức thu nên chưa đọc chắc được"
_BY = {"in_person": "trực tiếp", "online": "trực tuyến", "post": "qua bưu chính"}
_UNITS = {"hour": "giờ", "day": "ngày", "working_day": "ngày làm việc", "month": "tháng", "year": "năm"}
_LEVELS = {"commune": "cấp xã", "province": "cấp tỉnh", "ministry": "cấp bộ", "other": "khác"}
_SENSITIVE = re.compile(
    r"khuyết tật|cai nghiện|ma t[uú]y|nhận cha|nhận con|con nuôi|ly hôn|lý lịch tư pháp|nghèo|HIV|tố cáo"
    r"|tâm thần|bạo lực|mua bán người|xâm hại",
    re.IGNORECASE,
)


def load_catalogue(path: Path = CATALOGUE, without: Container[str] = ()) -> Iterator[Procedure]:
    """The catalogue's procedures, except the codes in `without` (those that have a written entry)."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            if record["code"] not in without:
                yield procedure(record)


def collected_in(day: date) -> str:
    """The month in which a portal's file of `day` was collected, e.g. ``tháng 9/2026``."""
    return "tháng 6-7/2026" if day == COLLECTED else month(day)


def procedure(record: dict[str, Any], collected: date = COLLECTED) -> Procedure:
    """One line of the catalogue as an unreviewed entry of low confidence; see the module for the keys.

    collected: the day the record was taken from the portal.
    """
    channels = record.get("channels", [])
    decision = record.get("decision")
    return Procedure(
        id=record["code"],
        origin="import",
        title=record["title"],
        field=record["field"],
        sensitive=bool(_SENSITIVE.search(record["title"])),
        fee=_fee(channels),
        time=_time(channels),
        place=_place(record),
        online=Online(level="unknown", channels=tuple(dict.fromkeys(by for c in channels for by in c["by"]))),
        legal_basis=tuple(LegalDocument(number=number) for number in record.get("documents", [])),
        decision=decision,
        sources=(
            Source(
                basis="portal",
                title="Cổng Dịch vụ công quốc gia",
                url="https://dichvucong.gov.vn",
                decision=decision,
                checked_at=collected,
                note=_NOTE.format(month=collected_in(collected)),
            ),
        ),
        confidence="low",
    )


def _fee(channels: list[dict[str, Any]]) -> Fee:
    """The portal's zero is never "free": what it means is decided by the province or a ministry."""
    if any(c.get("unclear") for c in channels):
        return Fee(kind="unknown", rule=_UNCLEAR)
    fees = [c.get("fee") for c in channels]
    more = _MORE if any(c.get("more") for c in channels) else None
    if not any(fees) and any(c.get("council") for c in channels):
        return Fee(kind="province", rule=more)
    if not any(fees):
        parts = [_ZERO if 0 in fees else None, more]
        return Fee(kind="unknown", rule=". ".join(p for p in parts if p) or None)
    dong = not any(c.get("currency") for c in channels)
    if dong and any(0 < (fee or 0) < _LEAST_DONG for fee in fees):
        return Fee(kind="unknown", rule=f"Cổng ghi {_said(channels)}, có thể thiếu ba số 0")
    if dong and more is None and len(set(fees)) == 1:
        per = {c.get("per") for c in channels}
        rule = f"Tính cho mỗi {channels[0]['per']}" if len(per) == 1 and None not in per else None
        return Fee(kind="fixed", amount_vnd=fees[0], rule=rule)
    return Fee(kind="varies", rule=". ".join(p for p in (f"Cổng ghi: {_said(channels)}", more) if p))


def _time(channels: list[dict[str, Any]]) -> Duration:
    known = [c for c in channels if c.get("time")]
    if not known:
        return Duration(rule=_UNCLEAR if any(c.get("unclear") for c in channels) else None)
    same = len({(c["time"], c.get("unit"), c.get("remark_unit")) for c in known}) == 1
    if same and known[0].get("unit") and not known[0].get("remark_unit"):
        return Duration(number=known[0]["time"], unit=known[0]["unit"])
    said = "; ".join(f"{_by(c)} {_span(c)}" for c in known)
    return Duration(rule=f"Cổng ghi: {said}")


def _place(record: dict[str, Any]) -> Place:
    levels: list[str] = record.get("level", [])
    named = " hoặc ".join(_LEVELS[level] for level in levels)
    return Place(
        authority=record.get("authority") or (f"Cơ quan {named}" if named else "Chưa rõ cơ quan"), level=_level(levels)
    )


def _level(levels: list[str]) -> Literal["commune", "province", "ministry", "several", "unknown"]:
    if len(levels) > 1:
        return "several"
    match levels:
        case ["commune"]:
            return "commune"
        case ["province"]:
            return "province"
        case ["ministry"]:
            return "ministry"
    return "unknown"


def _by(channel: dict[str, Any]) -> str:
    return ", ".join(_BY[by] for by in channel["by"])


def _said(channels: list[dict[str, Any]]) -> str:
    return "; ".join(f"{_by(c)} {_amount(c)}" for c in channels if c.get("fee") is not None)


def _span(channel: dict[str, Any]) -> str:
    unit = _UNITS.get(channel.get("unit", ""))
    other = (
        f", phần ghi chú lại ghi {channel['time']} {_UNITS[channel['remark_unit']]}" if "remark_unit" in channel else ""
    )
    return f"{channel['time']} {unit or NO_UNIT}{other}"


def _amount(channel: dict[str, Any]) -> str:
    amount = f"{channel['fee']:,}".replace(",", ".")
    per = f" mỗi {channel['per']}" if "per" in channel else ""
    return f"{amount} {channel.get('currency', 'đồng')}{per}"
