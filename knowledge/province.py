"""The profile of a province: names, opening hours, addresses, and what its People's Council sets.

A profile is one YAML file; `knowledge/provinces/tinh-mau.yml` ships with the product and is fiction throughout.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import holidays
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, model_validator

from knowledge.text_file import read_yaml

PROFILES = Path(__file__).parent / "provinces"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY_NAMES = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
_NOON = time(12)
_SEARCH_DAYS = 60


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Period(_Model):
    """An office is open from `start` until just before `end`, local time."""

    start: time
    end: time

    @model_validator(mode="after")
    def _ends_later(self) -> Period:
        if self.end <= self.start:
            raise ValueError(f"a period ends after it starts: {self.start} – {self.end}")
        return self


class Week(_Model):
    """Opening periods of each weekday; a day without a period is closed. Lunch is the gap between two periods."""

    monday: tuple[Period, ...] = ()
    tuesday: tuple[Period, ...] = ()
    wednesday: tuple[Period, ...] = ()
    thursday: tuple[Period, ...] = ()
    friday: tuple[Period, ...] = ()
    saturday: tuple[Period, ...] = ()
    sunday: tuple[Period, ...] = ()

    @property
    def days(self) -> tuple[tuple[Period, ...], ...]:
        """The periods of Monday to Sunday."""
        return tuple(getattr(self, day) for day in WEEKDAYS)


class Office(_Model):
    """A place where papers are handed in. map_url, location (degrees north, east): when checked."""

    name: str
    address: str
    map_url: str | None = Field(default=None, pattern=r"^https://")
    location: tuple[float, float] | None = None

    @property
    def commune(self) -> str | None:
        """The commune that the office is named after, e.g. ``phường Mẫu Một``."""
        found = re.search(r"\b(?:xã|phường|đặc khu) .+", self.name, re.IGNORECASE)
        return found[0] if found else None


class LocalFee(_Model):
    """What the province charges for one procedure, in đồng; `note` names the resolution or says that it is fiction."""

    amount_vnd: int = Field(gt=0)
    note: str


class AreaFee(_Model):
    """Where the fee of one procedure is another, in đồng, e.g. because a former province kept its rate.

    area: as said inside a sentence. former_provinces: with their type, e.g. ``Tỉnh Hậu Giang``. communes: of today.
    """

    area: str
    former_provinces: tuple[str, ...] = ()
    communes: tuple[str, ...] = ()
    amount_vnd: int = Field(gt=0)
    note: str


class Profile(_Model):
    """Everything that differs from province to province.

    dossier_code: unit code at the head of its dossier codes, e.g. ``H56``.
    closed_on: days of closure besides Sundays and public holidays.
    callback_within, petition_reply, fee_waiver: said as they stand, inside a sentence.
    checked_at: the day the values were last compared with what the province says; None when unknown. review: whether
    an officer of the province did so.
    """

    name: str
    dossier_code: str = Field(pattern=r"^H\d{2}$")
    hotline: str
    complaints_line: str
    centre: Office
    communes: tuple[Office, ...] = ()
    commune_fallback: str
    hours: Week
    closed_on: tuple[date, ...] = ()
    callback_within: str
    petition_reply: str
    payment_check_days: int = Field(gt=0)
    max_upload_mb: int = Field(gt=0)
    fee_waiver: str
    fees: dict[str, LocalFee] = {}
    area_fees: dict[str, tuple[AreaFee, ...]] = {}
    checked_at: date | None = None
    review: Literal["none", "officer"] = "none"
    _changes: int = PrivateAttr(default=0)

    @property
    def changes(self) -> int:
        """How often `adopt` was called: what was computed from the profile is old when it differs."""
        return self._changes

    def adopt(self, newer: Profile) -> None:
        """Take over all values of another version. A process holds one profile, so that every part follows at once."""
        self.__dict__.update(newer.__dict__)
        self._changes += 1

    @model_validator(mode="after")
    def _opens_at_all(self) -> Profile:
        if not any(self.hours.days):
            raise ValueError("the profile has no opening hours")
        return self


class MissingPlaceholderError(ValueError):
    """A text asks for a value that no profile has."""


def load_profile(name_or_path: str | Path) -> Profile:
    """The profile called ``tinh-mau`` and the like, or the one in a YAML file.

    Raises FileNotFoundError, naming the profiles there are, and ValueError when the file is not a profile.
    """
    path = Path(name_or_path)
    if path.suffix not in (".yml", ".yaml"):
        path = PROFILES / f"{name_or_path}.yml"
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in PROFILES.glob("*.yml")))
        raise FileNotFoundError(f"no province profile {str(name_or_path)!r}; known: {known}")
    return Profile.model_validate(read_yaml(path))


def fill(text: str, profile: Profile) -> str:
    """`text` with each ``{placeholder}`` replaced; raises MissingPlaceholderError with the name of an unknown one."""
    values = placeholders(profile)

    def value(found: re.Match[str]) -> str:
        try:
            return values[found[1]]
        except KeyError:
            raise MissingPlaceholderError(f"the province profile has no value for {{{found[1]}}}") from None

    return re.sub(r"\{(\w+)\}", value, text)


def placeholders(profile: Profile) -> dict[str, str]:
    """What entries may ask for, by name."""
    weekday = profile.hours.days[0]
    last = max((day for day in range(5) if profile.hours.days[day]), default=0)
    saturday = profile.hours.saturday
    return {
        "ten_tinh": profile.name,
        "ten_xa": profile.commune_fallback,
        "gio_sang": _say_periods(tuple(p for p in weekday if p.start < _NOON)),
        "gio_chieu": _say_periods(tuple(p for p in weekday if p.start >= _NOON)),
        "ngay_cuoi": _DAY_NAMES[last],
        "thu_bay": f"Thứ Bảy trung tâm làm việc từ {_say_periods(saturday)}" if saturday else "Thứ Bảy trung tâm nghỉ",
        "dia_chi_trung_tam": f"{profile.centre.name}: {profile.centre.address}",
        "so_tong_dai_tinh": profile.hotline,
        "duong_day_nong": profile.complaints_line,
        "dung_luong_toi_da": f"{profile.max_upload_mb} MB",
        "nghi_quyet_mien_giam": profile.fee_waiver,
        "so_ngay": str(profile.payment_check_days),
        "han_tra_loi": profile.petition_reply,
        "gio_goi_lai": profile.callback_within,
    }


def commune_names(profile: Profile) -> list[str]:
    """The names of the communes whose offices the profile lists, e.g. ``phường Mẫu Một``."""
    return [office.commune for office in profile.communes if office.commune]


def open_now(profile: Profile, at: datetime) -> bool:
    """Whether the centre is open at `at` (aware)."""
    local = _local(at)
    return any(p.start <= local.time() < p.end for p in _periods(profile, local.date()))


def next_opening(profile: Profile, at: datetime) -> datetime:
    """The first moment from `at` on when the centre is open, local time; `at` itself while it is open.

    Raises ValueError when the profile closes the centre for the next two months.
    """
    local = _local(at)
    for ahead in range(_SEARCH_DAYS):
        day = local.date() + timedelta(days=ahead)
        for period in _periods(profile, day):
            if local < datetime.combine(day, period.end, ZONE):
                return max(local, datetime.combine(day, period.start, ZONE))
    raise ValueError(f"{profile.name} has no opening within {_SEARCH_DAYS} days of {local:%d/%m/%Y}")


def closures(profile: Profile, day: date, number: int) -> list[tuple[date, str]]:
    """The next days from `day` on that the offices are closed by law or by the province, with the reason."""
    public = holidays.country_holidays("VN", years=(day.year, day.year + 1), language="vi")
    named = {**dict.fromkeys(profile.closed_on, "Ngày nghỉ của tỉnh"), **public}
    return sorted((when, str(why)) for when, why in named.items() if when >= day)[:number]


def say_hours(profile: Profile) -> str:
    """The opening hours of the week, days with the same hours together."""
    parts = []
    for periods, group in groupby(range(7), key=lambda day: profile.hours.days[day]):
        days = list(group)
        names = _DAY_NAMES[days[0]] + (f" đến {_DAY_NAMES[days[-1]]}" if len(days) > 1 else "")
        parts.append(f"{names} {_say_periods(periods) if periods else 'nghỉ'}")
    return "; ".join(parts)


def say_time(at: datetime) -> str:
    """A moment, local time: ``7 giờ 30 thứ Hai ngày 23/11/2026``."""
    local = _local(at)
    return f"{_say_clock(local.time())} {_DAY_NAMES[local.weekday()]} ngày {local:%d/%m/%Y}"


@lru_cache(maxsize=16)
def _public_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("VN", years=year))


def _periods(profile: Profile, day: date) -> tuple[Period, ...]:
    closed = day in profile.closed_on or day in _public_holidays(day.year)
    return () if closed else profile.hours.days[day.weekday()]


def _local(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a moment without a time zone says nothing about opening hours")
    return at.astimezone(ZONE)


def _say_periods(periods: tuple[Period, ...]) -> str:
    return " và ".join(f"{_say_clock(p.start)} đến {_say_clock(p.end)}" for p in periods) or "nghỉ"


def _say_clock(at: time) -> str:
    return f"{at.hour} giờ {at.minute}" if at.minute else f"{at.hour} giờ"
