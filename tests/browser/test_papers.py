"""Browser: the papers to bring are ticked off, printed, and carried to a telephone by a code."""

from __future__ import annotations

import json
import re

import pytest
from playwright.async_api import expect

from tests.browser.citizen import Citizen

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("motcua")]
both_sizes = pytest.mark.parametrize("size", ["desktop", "phone"])
CATCH_PRINT = """() => {
  const frames = HTMLIFrameElement.prototype;
  const inside = Object.getOwnPropertyDescriptor(frames, "contentWindow").get;
  Object.defineProperty(frames, "contentWindow", { get() {
    const frame = inside.call(this);
    const page = frame.document;
    frame.print = () => {
      document.documentElement.dataset.printed = JSON.stringify({
        text: page.body.innerText, done: page.querySelectorAll("li.done").length,
        boxes: page.querySelectorAll("ul li").length, codes: page.querySelectorAll("svg path").length,
        font: frame.getComputedStyle(page.body).fontSize,
      });
      frame.dispatchEvent(new Event("afterprint"));
    };
    return frame;
  } });
}"""


@both_sizes
async def test_papers_are_ticked_off_and_stay_so_after_a_reload(citizen: Citizen) -> None:
    await citizen.open()
    answer = await citizen.papers()
    boxes = answer.get_by_role("checkbox")
    total = await boxes.count()
    assert total >= 2
    await boxes.nth(1).check()
    await expect(answer.locator(".count")).to_have_text(f"Đã chuẩn bị 1/{total} giấy tờ")
    assert await citizen.violations() == []
    await citizen.page.reload()
    await expect(citizen.answers.last.get_by_role("checkbox").nth(1)).to_be_checked()


async def test_the_list_is_printed_with_its_source_and_a_code(citizen: Citizen) -> None:
    await citizen.open()
    answer = await citizen.papers()
    await answer.get_by_role("checkbox").first.check()
    await citizen.page.evaluate(CATCH_PRINT)
    await answer.get_by_role("button", name="In hoặc lưu danh sách").click()
    html = citizen.page.locator("html")
    await expect(html).to_have_attribute("data-printed", re.compile(r"\{"))
    printed = json.loads(await html.get_attribute("data-printed") or "")
    assert printed["boxes"] == await answer.get_by_role("checkbox").count()
    assert printed["done"] == 1
    assert printed["codes"] == 1
    assert "kiểm tra ngày" in printed["text"]
    assert f"{citizen.running.base}/?entry=1.001193" in printed["text"]
    assert printed["font"] == "16px"
    await expect(citizen.page.locator("iframe.sheet")).to_have_count(0)


async def test_the_code_leads_to_the_procedure(citizen: Citizen) -> None:
    await citizen.open()
    answer = await citizen.papers()
    await answer.get_by_role("button", name="Mã QR, đường dẫn").click()
    dialog = citizen.page.get_by_role("dialog", name="Mã QR, đường dẫn")
    await expect(dialog.get_by_role("img", name="Mã QR mở lại thủ tục này")).to_be_visible()
    assert await citizen.violations() == []
    link = await dialog.get_by_role("link").first.get_attribute("href")
    assert link
    await citizen.page.evaluate("sessionStorage.clear()")
    await citizen.page.goto(link)
    await expect(citizen.answers.first.locator(".source-title").first).to_contain_text("khai sinh", ignore_case=True)
