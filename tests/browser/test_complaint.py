"""Browser: a complaint by the form, with a photograph; number and PIN are shown once."""

from __future__ import annotations

import pytest
from playwright.async_api import FilePayload, expect
from sqlalchemy import select

from store.engine import Database
from store.tickets import PhotoRow, TicketRow
from tests.browser.citizen import Citizen
from tests.channels.photographs import photograph

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("motcua")]
both_sizes = pytest.mark.parametrize("size", ["desktop", "phone"])


async def _form(citizen: Citizen) -> None:
    await citizen.open()
    await citizen.page.get_by_role("button", name="Tùy chọn").click()
    await citizen.page.get_by_role("button", name="Gửi phản ánh, kiến nghị").click()


@both_sizes
async def test_a_complaint_with_a_photograph_gets_a_number_and_a_pin_shown_once(
    citizen: Citizen, running_store: Database
) -> None:
    await _form(citizen)
    form = citizen.page.get_by_role("dialog", name="Gửi phản ánh, kiến nghị")
    assert await citizen.violations() == []
    await form.get_by_role("button", name="Gửi phản ánh").click()
    await expect(form.get_by_role("alert")).to_contain_text("chọn phản ánh về việc gì")
    await expect(form.get_by_label("Về việc gì")).to_be_focused()
    await form.get_by_label("Về việc gì").select_option(label="Hồ sơ chậm trễ")
    await form.get_by_role("button", name="Gửi phản ánh").click()
    await expect(form.get_by_role("alert")).to_contain_text("ít nhất tám ký tự")
    await expect(form.get_by_label("Nội dung")).to_be_focused()
    assert await citizen.violations() == []
    await form.get_by_label("Nội dung").fill("hồ sơ trễ hẹn hai tuần không ai báo")
    await form.get_by_label("Xảy ra ở đâu").fill("xã An Bình")
    picture = FilePayload(name="anh.jpg", mimeType="image/jpeg", buffer=photograph())
    await form.get_by_label("Ảnh", exact=True).set_input_files(picture)
    await expect(form.get_by_role("status")).to_have_text("anh.jpg")
    await form.get_by_role("button", name="Gửi phản ánh").click()
    done = citizen.page.get_by_role("dialog", name="Đã ghi phản ánh")
    await expect(done.locator("dd")).to_have_count(2)
    number, pin = [await one.inner_text() for one in await done.locator("dd").all()]
    assert await citizen.violations() == []
    with running_store.read() as session:
        ticket = session.scalars(select(TicketRow).filter_by(number=number)).one()
        assert ticket.place == "xã An Bình"
        assert len(session.scalars(select(PhotoRow).filter_by(ticket_id=ticket.id)).all()) == 1
    await done.get_by_role("button", name="Xong").click()
    await expect(citizen.log).to_contain_text(number)
    await expect(citizen.log).not_to_contain_text(pin)
    answer = await citizen.ask(f"{number} {pin}")
    await expect(answer).to_contain_text("chờ cán bộ xem")
    await citizen.page.reload()
    await expect(citizen.log).to_contain_text("[mã PIN đã ẩn]")
    await expect(citizen.log).not_to_contain_text(pin)


async def test_in_the_dialogue_the_pin_is_shown_once_too(citizen: Citizen) -> None:
    await citizen.open()
    await citizen.ask("tôi muốn phản ánh")
    await citizen.ask("Thái độ phục vụ")
    await citizen.ask("cán bộ quầy số hai quát nạt người dân sáng nay")
    done = await citizen.ask("không cần")
    await expect(done).to_contain_text("Mã PIN để xem kết quả: ")
    said = await done.inner_text()
    assert "đã ẩn" not in said
    await citizen.ask("quầy số hai, xã An Bình")
    await citizen.page.reload()
    await expect(citizen.log).to_contain_text("[mã PIN đã ẩn]")
