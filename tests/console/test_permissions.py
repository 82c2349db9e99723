"""Every route for every role: what is not in this table fails, so a new route needs a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI

from console.pages import Console
from console.roles import ROLES
from console.router import PARTS
from tests.console.staff import StaffBrowser

SignIn = Callable[..., StaffBrowser]
ALL = set(ROLES)
DESK = {"agent", "supervisor", "admin"}
EDIT = {"curator", "publisher", "admin"}
PUBLISH = {"publisher", "admin"}
ADMIN = {"admin"}
WITHOUT_SESSION = {
    "/console/sign-in", "/console/invitations/{token}", "/console/sso/start", "/console/sso/callback",
    "/open-data", "/open-data/{month}.json",
    "/open-data/{month}.csv",
}  # fmt: skip
WHO_MAY = {
    "GET /console": ALL,
    "POST /console/sign-out": ALL,
    "GET /console/account": ALL,
    "POST /console/account/password": ALL,
    "POST /console/account/totp": ALL,
    "POST /console/account/totp/confirm": ALL,
    "POST /console/account/totp/off": ALL,
    "POST /console/presence": DESK,
    "GET /console/replies": DESK,
    "POST /console/replies": {"supervisor", "admin"},
    "POST /console/replies/{number}": {"supervisor", "admin"},
    "POST /console/replies/{number}/remove": {"supervisor", "admin"},
    "GET /console/tickets/{ticket_id}": DESK,
    "GET /console/tickets/{ticket_id}/recordings/{number}.wav": DESK,
    "GET /console/tickets/{ticket_id}/photos/{number}.jpg": DESK,
    "POST /console/tickets/{ticket_id}/draft": DESK,
    "POST /console/tickets/{ticket_id}/tried": DESK,
    "POST /console/tickets/{ticket_id}/wrong": DESK,
    "POST /console/tickets/{ticket_id}/reveal": DESK,
    "POST /console/tickets/{ticket_id}/take": DESK,
    "POST /console/tickets/{ticket_id}/write": DESK,
    "POST /console/tickets/{ticket_id}/note": DESK,
    "POST /console/tickets/{ticket_id}/transfer": DESK,
    "POST /console/tickets/{ticket_id}/close": DESK,
    "GET /console/entries": ALL,
    "GET /console/entries/export.xlsx": ALL,
    "GET /console/entries/import": EDIT,
    "POST /console/entries/import": EDIT,
    "GET /console/entries/import/{upload_id}": EDIT,
    "POST /console/entries/import/{upload_id}/take": EDIT,
    "POST /console/entries/import/{upload_id}/submit": EDIT,
    "GET /console/entries/review": PUBLISH,
    "POST /console/entries/review": PUBLISH,
    "GET /console/entries/{entry_id}/sound": ALL,
    "GET /console/names": EDIT,
    "POST /console/names/{entry_id}": EDIT,
    "GET /console/entries/new": EDIT,
    "POST /console/entries/new": EDIT,
    "GET /console/entries/{entry_id}": ALL,
    "GET /console/entries/{entry_id}/edit": EDIT,
    "POST /console/entries/{entry_id}/edit": EDIT,
    "GET /console/entries/{entry_id}/compare": ALL,
    "POST /console/entries/{entry_id}/revisions/{number}/submit": EDIT,
    "POST /console/entries/{entry_id}/revisions/{number}/send-back": PUBLISH,
    "POST /console/entries/{entry_id}/revisions/{number}/publish": PUBLISH,
    "POST /console/entries/{entry_id}/revisions/{number}/restore": PUBLISH,
    "GET /console/entries/{entry_id}/remove": PUBLISH,
    "POST /console/entries/{entry_id}/remove": PUBLISH,
    "GET /console/unanswered": {"curator", "publisher", "supervisor", "admin"},
    "POST /console/unanswered/{group_id}/answer": EDIT,
    "POST /console/unanswered/{group_id}/example": EDIT,
    "POST /console/unanswered/{group_id}/name": EDIT,
    "POST /console/unanswered/{group_id}/close": EDIT,
    "GET /console/learning": {"curator", "publisher", "supervisor", "admin"},
    "POST /console/learning/propose": EDIT,
    "POST /console/learning/train": PUBLISH,
    "POST /console/learning/{lesson}": PUBLISH,
    "GET /console/numbers": ALL,
    "GET /console/numbers.{form}": ALL,
    "GET /console/report": ALL,
    "GET /console/notices": {"supervisor", "admin"},
    "POST /console/notices/{kind}": {"supervisor", "admin"},
    "POST /console/notices/{kind}/end": {"supervisor", "admin"},
    "GET /console/parked": {"supervisor", "admin"},
    "POST /console/parked/{way}/{number}/retry": {"supervisor", "admin"},
    "POST /console/parked/{way}/{number}/discard": {"supervisor", "admin"},
    "GET /console/users": ADMIN,
    "POST /console/users/invite": ADMIN,
    "POST /console/users/{name}": ADMIN,
    "POST /console/users/{name}/password": ADMIN,
    "POST /console/account/sso": ALL,
    "POST /console/account/sso/off": ALL,
    "GET /console/audit": {"supervisor", "admin"},
    "GET /console/profile": ADMIN,
    "POST /console/profile": ADMIN,
    "POST /console/profile/versions/{number}": ADMIN,
    "GET /console/retention": ADMIN,
    "POST /console/retention": ADMIN,
    "GET /console/subjects": ADMIN,
    "POST /console/subjects/find": ADMIN,
    "POST /console/subjects/export": ADMIN,
    "POST /console/subjects/erase": ADMIN,
}


def _routes(console: Console) -> Iterator[str]:
    app = FastAPI()
    for part in PARTS:
        app.include_router(part(console))
    for path, methods in app.openapi()["paths"].items():
        if path not in WITHOUT_SESSION:
            yield from (f"{method.upper()} {path}" for method in methods)


def _address(route: str) -> tuple[str, str]:
    """A method and an address on which nothing exists."""
    method, path = route.split(" ", 1)
    values = {
        "number": "1",
        "ticket_id": "none",
        "entry_id": "faq-none",
        "name": "nobody",
        "kind": "notice",
        "form": "csv",
        "group_id": "1",
        "lesson": "1",
        "upload_id": "none",
        "way": "in",
    }
    for name, value in values.items():
        path = path.replace(f"{{{name}}}", value)
    return method, path + ("?before=1&after=2" if path.endswith("/compare") else "")


def test_every_route_has_its_line(console: Console) -> None:
    assert set(_routes(console)) == set(WHO_MAY)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_what_the_table_says(sign_in: SignIn, role: str) -> None:
    browser = sign_in(role)
    browser.open("/console/account")
    for route, roles in sorted(WHO_MAY.items(), key=lambda item: item[0].endswith("sign-out")):
        method, path = _address(route)
        if method == "GET":
            response = browser.http.get(path, follow_redirects=False)
        else:
            response = browser.http.post(path, data={"csrf": browser.csrf}, follow_redirects=False)
        refused = response.status_code == 403 and "không được làm việc này" in response.text
        assert refused == (role not in roles), f"{role}: {route} → {response.status_code}"
        assert response.status_code < 500, f"{role}: {route}"


def test_every_change_needs_the_token(sign_in: SignIn) -> None:
    browser = sign_in("admin")
    for token in ("", "wrong"):
        for route in WHO_MAY:
            method, path = _address(route)
            if method == "POST":
                response = browser.http.post(path, data={"csrf": token}, follow_redirects=False)
                assert response.status_code == 403, route
    assert browser.open("/console").url.path == "/console"


def test_nobody_gets_in_without_signing_in(browser: StaffBrowser) -> None:
    for route in WHO_MAY:
        method, path = _address(route)
        response = browser.http.request(method, path, follow_redirects=False)
        assert response.status_code == 303, route
        assert response.headers["location"].startswith("/console/sign-in"), route
