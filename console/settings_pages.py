"""What administrators set for the whole service: the province's profile, and how long data is kept."""

from __future__ import annotations

from dataclasses import asdict
from itertools import pairwise
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from fastapi.responses import HTMLResponse
from pydantic import ValidationError
from starlette.datastructures import FormData

from console import audit, profile_form
from console.accounts import Staff
from console.comparison import compare
from console.months import today
from console.pages import Console, ConsoleRoute, Refused, posted, see, text_of
from console.profile_form import ProfileError
from knowledge.province import Profile, closures
from settings import get_settings
from store import kept_settings
from store.kept_settings import KeptSettingRow
from store.retention import Periods

Form = Annotated[FormData, Depends(posted)]
PROFILE, RETENTION = "/console/profile", "/console/retention"
LONGEST_DAYS = 3650


def settings_router(console: Console) -> APIRouter:
    """Pages for administrators."""
    router = APIRouter(route_class=ConsoleRoute)
    admin = Depends(console.may("settings"))

    @router.get(PROFILE)
    def profile(done: str | None = None, staff: Staff = admin) -> HTMLResponse:
        """The profile in force, its earlier versions, the days the offices are closed."""
        return _profile(console, staff, profile_form.to_form(console.profile), done=done)

    @router.post(PROFILE)
    def save_profile(sent: Form, staff: Staff = admin) -> Response:
        """A new version, in force on all replicas within seconds."""
        form = {name: text_of(sent, name, 60_000) for name in profile_form.to_form(console.profile)}
        try:
            made = profile_form.from_form(form, console.profile)
        except ProfileError as error:
            return _profile(console, staff, form, 422, error=str(error))
        _keep_profile(console, staff, made)
        return see(PROFILE, "profile")

    @router.post(PROFILE + "/versions/{number}")
    def restore(number: int, staff: Staff = admin) -> Response:
        """An earlier version again, as a new one."""
        with console.database.read() as session:
            row = session.get(KeptSettingRow, number)
        if row is None or row.name != "profile":
            raise Refused(404)
        try:
            made = Profile.model_validate(row.content)
        except ValidationError as error:
            raise Refused(422, "Bản này không còn hợp lệ.") from error
        _keep_profile(console, staff, made)
        return see(PROFILE, "profile")

    @router.get(RETENTION)
    def retention(done: str | None = None, staff: Staff = admin) -> HTMLResponse:
        """How long each sort of data is kept."""
        return _retention(console, staff, done=done)

    @router.post(RETENTION)
    def save_retention(sent: Form, staff: Staff = admin) -> Response:
        """Other periods, used from the next clearing on, within the hour."""
        days = {name: text_of(sent, name, 8) for name in Periods.__dataclass_fields__}
        if not all(value.isdecimal() and 1 <= int(value) <= LONGEST_DAYS for value in days.values()):
            return _retention(console, staff, 422, error=f"Số ngày phải từ 1 đến {LONGEST_DAYS}.")
        with console.database.write() as session:
            content = {name: int(value) for name, value in days.items()}
            kept_settings.put(session, "retention", content, staff.name)
            audit.note(session, staff.name, "changed the retention", None, **content)
        return see(RETENTION, "retention")

    return router


def _keep_profile(console: Console, staff: Staff, made: Profile) -> None:
    """Save a version; the fields that differ stand in the audit, and this process uses it at once."""
    content = made.model_dump(mode="json")
    before = console.profile.model_dump(mode="json")
    changed = [name for name in content if content[name] != before[name]]
    with console.database.write() as session:
        kept_settings.put(session, "profile", content, staff.name)
        audit.note(session, staff.name, "changed the profile", None, fields=", ".join(changed))
    console.profile.adopt(made)


def _profile(console: Console, staff: Staff, form: dict[str, str], status: int = 200, **more: Any) -> HTMLResponse:
    with console.database.read() as session:
        versions = kept_settings.versions(session, "profile", 20)
    changes = [
        [difference.field for difference in compare(older.content, newer.content)]
        for newer, older in pairwise(versions)
    ]
    known = console.knowledge.entries if console.knowledge.snapshot else {}
    values: dict[str, Any] = {"done": None, "error": None} | more
    return console.page(
        staff, "profile.html", status, form=form, names=profile_form.NAMES, days=profile_form.DAY_NAMES,
        versions=versions, changes=[*changes, []], closures=closures(console.profile, today(), 12),
        strangers=[id_ for id_ in {**console.profile.fees, **console.profile.area_fees} if known and id_ not in known],
        **values,
    )  # fmt: skip


def _retention(console: Console, staff: Staff, status: int = 200, **more: Any) -> HTMLResponse:
    with console.database.read() as session:
        versions = kept_settings.versions(session, "retention", 20)
    periods = asdict(Periods.in_force(console.database, get_settings()))
    values: dict[str, Any] = {"done": None, "error": None} | more
    return console.page(staff, "retention.html", status, periods=periods, versions=versions, **values)
