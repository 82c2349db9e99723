"""By when a callback is promised: within the province's working hours, in words and as a moment."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from knowledge.province import Profile, next_opening, open_now, say_time
from voice.speakable import speak

_STEP = timedelta(minutes=15)
_HOURS = 2


def window(profile: Profile, at: datetime) -> str:
    """When the call comes, in words that fit after "gọi lại"."""
    within = f"trong vòng {speak(profile.callback_within)}"
    if open_now(profile, at):
        return within
    return f"{within}, kể từ {opening(profile, at)}"


def opening(profile: Profile, at: datetime) -> str:
    """When people work again, in words, without the year."""
    return speak(re.sub(r"/\d{4}$", "", say_time(next_opening(profile, at))))


def promised_until(profile: Profile, at: datetime) -> datetime:
    """The moment the promise ends: so many working hours from `at`; two when the profile's words name no number."""
    named = re.search(r"\d+", profile.callback_within)
    left = timedelta(hours=int(named[0]) if named else _HOURS)
    moment = next_opening(profile, at)
    while left > timedelta(0):
        moment = next_opening(profile, moment)
        moment, left = moment + _STEP, left - _STEP
    return moment
