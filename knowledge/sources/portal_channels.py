"""The portal's flattened table of channels: how one may hand in, how long it takes and what it costs.

The portal's pages were saved as text, so the cells of a table follow one another without anything between them. What
is recognised are the cells with a closed vocabulary; what stands between them is the remark of a row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from knowledge.entry import Channel

Unit = Literal["hour", "day", "working_day", "month", "year"]
HEAD = "Hình thức nộpThời gianPhí, lệ phíMô tả"

_CHANNELS: dict[str, Channel] = {"Trực tuyến": "online", "Trực tiếp": "in_person", "Dịch vụ bưu chính": "post"}
_UNITS: dict[str, Unit] = {
    "Ngày làm việc": "working_day", "Ngày": "day", "Giờ": "hour", "Tháng": "month", "Năm": "year",
}  # fmt: skip
_OTHER_DAYS: dict[Unit | None, Unit] = {"day": "working_day", "working_day": "day"}
_NOTHING = "Không có thông tin"
_MONEY = r"\d[\d,]*(?:\.\d+)? (?:VNĐ|Việt Nam Đồng|USD|EUR)"
_ROW = re.compile(
    rf"(?P<channel>{'|'.join(_CHANNELS)})(?:"
    rf"(?:(?P<number>\d+(?:[.,]\d{{1,2}})?) (?P<unit>{'|'.join(_UNITS)})|{_NOTHING}|Không[^\d(]{{0,60}}?)"
    rf"(?P<fee>Miễn phí|{_NOTHING}|{_MONEY})"
    rf"|(?P<bare>\d+)(?P<no_fee>Miễn phí|{_NOTHING}))"
    rf"|(?P<glued_channel>{'|'.join(_CHANNELS)})(?P<glued>{_MONEY})"
)
_AMOUNT = re.compile(r"(?<![\d.,])(\d{1,3}(?:[.,]\d{3})+|\d{4,})(?:,-)? ?(?:đồng|đ\b|VNĐ|VND)", re.IGNORECASE)
_PER = r"(?: ?đồng| ?đ| ?VNĐ)? ?/ ?(?:0?1 )?([a-zà-ỹđ][a-zà-ỹđ ]{1,30}?)(?=[.;,()\n]|$)"
_DAYS = re.compile(r"(?<![\d.,/-])0*(\d{1,3})\s(?:\([^()]{1,30}\)\s)?(ngày(?:\slàm\sviệc)?)\b", re.IGNORECASE)
_COUNCIL = re.compile(r"Hội đồng nhân dân|HĐND")


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """One row of the table of channels.

    unclear: number of days and amount run into each other, so neither is known. fee: in `currency` (VND unless said),
    0 for the portal's "Miễn phí" or "0 đồng". remark_unit: the remark gives the same number of days, but the other kind
    of days. more: the remark names other amounts. council: the remark says that the
    Provincial People's Council sets the fee.
    """

    channel: Channel
    time: float | None = None
    unit: Unit | None = None
    fee: float | None = None
    currency: str | None = None
    unclear: bool = False
    remark: str = ""
    remark_unit: Unit | None = None
    more: bool = False
    council: bool = False
    per: str | None = None


def channel_rows(text: str) -> list[ChannelRow]:
    """The rows of a flattened table of channels, in its order; empty when the text is no such table."""
    text = text.removeprefix(HEAD)
    matches = list(_ROW.finditer(text))
    ends = [match.start() for match in matches[1:]] + [len(text)]
    return [_row(match, text[match.end() : end].strip()) for match, end in zip(matches, ends, strict=False)]


def _row(match: re.Match[str], remark: str) -> ChannelRow:
    if match["glued"]:
        split = _split_glued(match["glued"])
        channel = _CHANNELS[match["glued_channel"]]
        if split is None:
            return ChannelRow(channel, unclear=True, remark=remark)
        return _with_fee(ChannelRow(channel, time=split[0]), split[1], remark)
    number = match["number"] or match["bare"]
    time = float(number.replace(",", ".")) if number else None
    row = ChannelRow(_CHANNELS[match["channel"]], time or None, _UNITS.get(match["unit"] or ""))
    return _with_fee(row, match["fee"] or match["no_fee"], remark)


def _split_glued(cell: str) -> tuple[float, str] | None:
    """``8100,000 VNĐ`` is 8 and 100,000; None when there are several ways to cut, as in ``1250,000``."""
    digits = re.match(r"\d+", cell)
    if digits is None or "," not in cell:
        return None
    run = digits[0]
    cuts = [k for k in range(1, len(run)) if len(run) - k <= 3 and run[k] != "0"]
    return (float(run[: cuts[0]]), cell[cuts[0] :]) if len(cuts) == 1 else None


def _with_fee(row: ChannelRow, cell: str, remark: str) -> ChannelRow:
    fee, currency = _fee(cell)
    others = {_number(amount) for amount in _AMOUNT.findall(remark)} - {fee}
    return ChannelRow(
        row.channel, row.time, row.unit, fee, currency, remark=remark, remark_unit=_other_days(row, remark),
        more=bool(others), council=bool(_COUNCIL.search(remark)), per=_per(fee, remark),
    )  # fmt: skip


def _other_days(row: ChannelRow, remark: str) -> Unit | None:
    """`working_day` when the cell says days and the remark as many working days, or the other way round."""
    other = _OTHER_DAYS.get(row.unit)
    said = {_UNITS[" ".join(kind.capitalize().split())] for n, kind in _DAYS.findall(remark) if int(n) == row.time}
    return other if said == {other} else None


def _fee(cell: str) -> tuple[float | None, str | None]:
    if cell == _NOTHING:
        return None, None
    if cell == "Miễn phí":
        return 0, None
    amount, currency = cell.split(" ", 1)
    return _number(amount), None if currency in ("VNĐ", "Việt Nam Đồng") else currency


def _number(amount: str) -> float:
    return float(re.sub(r"[.,](?=\d{3})", "", amount))


def _per(fee: float | None, remark: str) -> str | None:
    """What the amount is counted by: the remark repeats it as ``70.000 đồng/Giấy chứng nhận``."""
    if not fee:
        return None
    written = re.sub(r"\B(?=(?:\d{3})+$)", "[.,]", str(int(fee)))
    match = re.search(rf"(?:(?<![\d.,]){written}|^\(){_PER}", remark, re.IGNORECASE)
    return match[1].strip().lower() if match else None
