"""The page and the widget as they are sent: policy, size, caching, nothing from another host."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot.channels.web import widget
from bot.channels.web.embedding import page_headers
from bot.channels.web.page import page_router, qr_path
from bot.problems import install
from knowledge.province import load_profile

BASE = "https://motcua.example"
PROFILE = load_profile("tinh-mau")
WEB = Path(widget.__file__).parent


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()
    install(app)
    app.include_router(page_router(PROFILE, BASE))
    return TestClient(app, base_url=BASE)


def test_the_page_has_nothing_inline_and_says_so(client: TestClient) -> None:
    page = client.get("/")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "nonce" not in policy
    assert "connect-src 'self' wss://motcua.example" in policy
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page.text)
    assert page.headers["x-content-type-options"] == "nosniff"


def test_nothing_comes_from_another_host(client: TestClient) -> None:
    loaded = re.findall(r'(?:src|href)="([^"]+)"', client.get("/").text)
    assert [link for link in loaded if not link.startswith(("/", "#"))] == []
    for name in re.findall(r"/assets/[\w.]+", client.get("/").text):
        assert client.get(name).status_code == 200
    style = (WEB / "static" / "widget" / "widget.css").read_text()
    assert not re.search(r"@import|url\(", style)


def test_the_page_names_its_fiction_and_its_neighbours(client: TestClient) -> None:
    text = client.get("/").text
    assert "không có thật" in text
    assert 'href="/call"' in text
    assert 'href="/console"' in text
    assert PROFILE.hotline in text


def test_a_policy_can_differ_on_one_page() -> None:
    policy = page_headers(BASE, media_src="blob:", frame_ancestors="")["Content-Security-Policy"]
    assert "media-src blob:" in policy
    assert "frame-ancestors" not in policy


def test_the_widget_is_small_and_packed_once(client: TestClient) -> None:
    packed = client.get("/widget.js", headers={"Accept-Encoding": "gzip"})
    plain = client.get("/widget.js", headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content
    assert len(gzip.compress(plain.content, 9)) < 60_000
    assert plain.headers["content-type"].startswith("text/javascript")


def test_an_unchanged_widget_is_not_sent_again(client: TestClient) -> None:
    tag = client.get("/widget.js").headers["etag"]
    again = client.get("/widget.js", headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert again.content == b""


def test_every_part_is_joined_and_every_word_is_there() -> None:
    assert set(widget.PARTS) == {path.stem for path in widget.FOLDER.glob("*.js")}
    code = "".join((widget.FOLDER / f"{part}.js").read_text() for part in widget.PARTS)
    words = widget._words()
    asked = set(re.findall(r'\bt\(\s*"(\w+)"', code))
    assert asked <= words["vi"].keys()
    assert words["en"].keys() <= words["vi"].keys()
    assert {key for key in words["vi"].keys() - words["en"].keys() if not key.endswith("_text")} == set()


def test_the_map_is_offered_only_where_it_is_known() -> None:
    assert b'"map":null' in widget.widget_script(PROFILE).plain
    centre = PROFILE.centre.model_copy(update={"map_url": "https://maps.example/1"})
    known = PROFILE.model_copy(update={"centre": centre})
    assert b'"map":"https://maps.example/1"' in widget.widget_script(known).plain


def test_words_of_the_province_cannot_leave_their_string() -> None:
    hostile = PROFILE.model_copy(update={"name": '</script>"; alert(1) //'})
    assert rb'"</script>\"; alert(1) //"' in widget.widget_script(hostile).plain
    app = FastAPI()
    app.include_router(page_router(hostile, BASE))
    assert "</script>&#34;; alert" in TestClient(app).get("/").text.replace("&lt;/script&gt;", "</script>")


def test_a_link_carries_the_procedure_and_nothing_else(client: TestClient) -> None:
    link = client.get("/api/chat/links/1.001193").json()
    assert link["url"] == f"{BASE}/?entry=1.001193"
    assert link["path"].startswith("M4 4h1v1h-1z")
    assert 'data-entry="1.001193"' in client.get("/?entry=1.001193").text


@pytest.mark.parametrize("entry", ['"><script>', "a" * 65, "../x"])
def test_what_is_no_entry_is_refused(client: TestClient, entry: str) -> None:
    assert client.get("/", params={"entry": entry}).status_code == 422


def test_a_code_has_the_quiet_zone_scanners_need() -> None:
    code = qr_path("https://motcua.example/?entry=1.001193")
    columns = [int(x) for x in re.findall(r"M(\d+) ", str(code["path"]))]
    assert min(columns) == 4
    assert max(columns) == int(code["size"]) - 5


def test_an_unknown_asset_is_a_problem_document(client: TestClient) -> None:
    missing = client.get("/assets/page.py")
    assert missing.status_code == 404
    assert missing.headers["content-type"] == "application/problem+json"
