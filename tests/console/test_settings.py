"""What administrators set: the province's profile, live on every replica, and how long data is kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from bot.channels.web.page import page_router
from console import profile_form
from console.pages import Console
from console.profile_form import ProfileError
from knowledge.kept_profile import KeptProfile
from knowledge.province import closures, load_profile
from settings import Settings
from store.base import now
from store.conversations import ConversationRow
from store.engine import Database
from store.retention import Periods, delete_expired
from store.staff import AuditRow
from tests.console.staff import StaffBrowser, words

SignIn = Callable[..., StaffBrowser]
FORM = profile_form.to_form(load_profile("tinh-mau"))


def test_a_profile_is_the_same_after_the_form() -> None:
    profile = load_profile("tinh-mau")
    assert profile_form.from_form(profile_form.to_form(profile), profile) == profile


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"hotline": ""}, "Tổng đài: còn trống"),
        ({"dossier_code": "X1"}, "Mã đơn vị đầu mã hồ sơ: không hợp lệ"),
        ({"monday": "7h30-11h"}, "Thứ Hai: “7h30-11h” cần viết như 07:30-11:30"),
        ({"monday": "11:30-07:30"}, "Thứ Hai: giờ đóng cửa phải sau giờ mở cửa"),
        ({"closed_on": "31/02/2027"}, "Ngày nghỉ thêm: “31/02/2027” cần viết như 02/01/2027"),
        ({"communes": "Trung tâm phường Mẫu"}, "Xã, phường: “Trung tâm phường Mẫu” cần viết: tên | địa chỉ"),
        ({"communes": "A | B | javascript:alert(1)"}, "không phải là bản đồ"),
        ({"fees": "1.004873 | mười nghìn | Nghị quyết"}, "“mười nghìn” không phải là số tiền"),
        ({"fees": "1.004873 | 10.000 đồng"}, "cần viết: mã thủ tục | số tiền | căn cứ"),
        ({"area_fees": "1.004873 | vùng cao | Xã Mẫu Bảy | 9000"}, "Lệ phí riêng của từng vùng: “1.004873 | vùng cao"),
        ({"area_fees": "1.004873 | vùng cao | Mẫu Bảy | 9000 | Nghị quyết"}, "“Mẫu Bảy” cần ghi cả loại"),
        (
            {"area_fees": "1.004873 | vùng cao | Xã Mẫu Bảy | 0 | Nghị quyết"},
            "Lệ phí riêng của từng vùng: không hợp lệ",
        ),
        ({"fees": "1.004873 | 0 | Nghị quyết"}, "Lệ phí do tỉnh quy định: không hợp lệ"),
        ({"payment_check_days": "ba"}, "Kiểm tra thanh toán (ngày): không hợp lệ"),
        (dict.fromkeys(profile_form.DAY_NAMES, ""), "Phải có ít nhất một buổi làm việc"),
    ],
)
def test_what_is_wrong_is_said_by_field(changed: dict[str, str], told: str) -> None:
    with pytest.raises(ProfileError, match=re.escape(told)):
        profile_form.from_form(FORM | changed, load_profile("tinh-mau"))


def test_fees_of_areas_are_edited_as_lines() -> None:
    lines = (
        "1.004873 | các xã vùng cao | Xã Mẫu Bảy; Phường Mẫu Một | 5.000 | Nghị quyết của tỉnh\n"
        "1.004873 | địa bàn cũ | Tỉnh Mẫu Cũ | 8000 đồng | Nghị quyết của tỉnh cũ\n"
    )
    made = profile_form.from_form(FORM | {"area_fees": lines}, load_profile("tinh-mau"))
    high, old = made.area_fees["1.004873"]
    assert (high.communes, high.former_provinces, high.amount_vnd) == (("Xã Mẫu Bảy", "Phường Mẫu Một"), (), 5000)
    assert (old.communes, old.former_provinces, old.amount_vnd) == ((), ("Tỉnh Mẫu Cũ",), 8000)
    assert profile_form.from_form(FORM | {"area_fees": ""}, made).area_fees == {}


def test_a_saved_profile_is_live_on_all_replicas_and_can_be_taken_back(
    sign_in: SignIn, console: Console, database: Database, app: FastAPI
) -> None:
    app.include_router(page_router(console.profile, console.base_url))
    portal = TestClient(app)
    replica = load_profile("tinh-mau")
    follower = KeptProfile(database, replica)
    assert not follower.refresh()
    browser = sign_in("admin")
    browser.open("/console/profile")
    assert "Đã lưu" in words(browser.send("/console/profile", **FORM | {"hotline": "1900 1234", "saturday": ""}))
    assert follower.refresh()
    assert not follower.refresh()
    assert (replica.hotline, replica.hours.saturday) == ("1900 1234", ())
    assert "1900 1234" in portal.get("/widget.js").text
    browser.send("/console/profile", **FORM)
    page = browser.send("/console/profile/versions/1")
    assert "Tổng đài" in words(page)
    assert follower.refresh()
    assert replica.hotline == "1900 1234"
    with database.read() as session:
        notes = session.scalars(select(AuditRow).where(AuditRow.action == "changed the profile")).all()
    assert [note.details["fields"] for note in notes] == ["hotline, hours"] * 3


def test_a_wrong_profile_is_not_saved_and_stays_in_the_form(sign_in: SignIn, console: Console) -> None:
    browser = sign_in("admin")
    browser.open("/console/profile")
    refused = browser.send("/console/profile", **FORM | {"sunday": "sáng", "name": "<script>alert(1)</script>"})
    assert refused.status_code == 422
    assert "Chủ nhật: “sáng” cần viết như" in words(refused)
    assert 'value="sáng"' in unescape(refused.text)
    assert "<script>alert" not in refused.text
    assert console.profile.hours.sunday == ()
    assert browser.send("/console/profile/versions/99").status_code == 404


def test_tet_is_among_the_days_of_closure() -> None:
    profile = load_profile("tinh-mau").model_copy(update={"closed_on": (date(2027, 2, 1),)})
    found = closures(profile, date(2027, 1, 1), 10)
    assert (date(2027, 2, 1), "Ngày nghỉ của tỉnh") in found
    assert any("Nguyên Đán" in why and when == date(2027, 2, 6) for when, why in found)


def test_retention_set_in_the_console_is_used(sign_in: SignIn, database: Database) -> None:
    browser = sign_in("admin")
    page = browser.open("/console/retention")
    days = dict(re.findall(r'name="(\w+)" type="number" min="1" max="3650" value="(\d+)"', page.text))
    assert days["conversations"] == "90"
    assert browser.send("/console/retention", **days | {"audit": "0"}).status_code == 422
    assert "Đã lưu" in words(browser.send("/console/retention", **days | {"conversations": "10"}))
    periods = Periods.in_force(database, Settings())
    assert (periods.conversations, periods.audit) == (10, int(days["audit"]))
    with database.write() as session:
        for ago in (9, 11):
            at = now() - timedelta(days=ago)
            session.add(ConversationRow(id=f"c{ago}", channel="web", created_at=at, last_at=at, context={}))
    delete_expired(database, lambda id_: 0, periods, now())
    with database.read() as session:
        assert session.scalars(select(ConversationRow.id)).all() == ["c9"]
