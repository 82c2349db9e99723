"""Browser: the pictures of the chat in docs/images, taken anew whenever this runs with PICTURES set."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.citizen import Citizen
from tests.running import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("motcua")]
both_sizes = pytest.mark.parametrize("size", ["desktop", "phone"])


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where pictures go: docs/images when PICTURES is set, else nowhere that stays."""
    return ROOT / "docs" / "images" if os.environ.get("PICTURES") else tmp_path


@both_sizes
async def test_the_papers_of_a_procedure(citizen: Citizen, size: str, pictures: Path) -> None:
    await citizen.open()
    answer = await citizen.papers()
    await answer.get_by_role("checkbox").first.check()
    await citizen.page.screenshot(path=pictures / f"chat-{size}.png")
    assert await citizen.violations() == []


@both_sizes
async def test_the_complaint_form(citizen: Citizen, size: str, pictures: Path) -> None:
    await citizen.open()
    await citizen.page.get_by_role("button", name="Tùy chọn").click()
    await citizen.page.screenshot(path=pictures / f"chat-options-{size}.png")
    await citizen.page.get_by_role("button", name="Gửi phản ánh, kiến nghị").click()
    await citizen.page.screenshot(path=pictures / f"chat-complaint-{size}.png")
    assert await citizen.violations() == []


@both_sizes
async def test_a_dossier_and_the_dark(citizen: Citizen, size: str, pictures: Path) -> None:
    await citizen.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    await citizen.open()
    await citizen.ask("Tôi muốn tra cứu hồ sơ đã nộp")
    await citizen.ask("H00.14-261105-0012")
    answer = await citizen.ask("4826")
    await expect(answer.get_by_role("button", name="Nhắc tôi khi có tin")).to_be_visible()
    await citizen.page.screenshot(path=pictures / f"chat-dark-{size}.png")
    assert await citizen.violations() == []
