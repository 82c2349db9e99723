"""The telephone in the browser, without the browser: what the page asks for and gets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from actions.dossier_budget import Budgets
from bot.client_address import client_fingerprint, grouped
from bot.limits import RateLimiter
from settings import Settings
from store.dossiers import AttemptRow
from tests.voice.media.streaming import Hears
from tests.voice.telephone import BASE, RUN_TOKEN, Hotline
from voice.signature import new_run_token, run_token_path
from voice.simulator.desk import MOST_CALLS, CallDesk
from voice.simulator.routes import CallPage
from voice.wiring import make_telephone, voice_routers

Make = Callable[..., Hotline]


def page_of(line: Hotline, **settings: object) -> CallDesk:
    desk = CallDesk(line.http, BASE, RUN_TOKEN, **settings)  # type: ignore[arg-type]
    page = CallPage(desk, RateLimiter(None, enabled=False), "Tỉnh Mẫu", BASE)
    line.app.include_router(page.router)
    return desk


async def test_a_call_from_the_page(hotline: Make) -> None:
    line = hotline()
    page_of(line)
    line.keep_dossier()
    begun = (await line.http.post("/call/begin", json={})).json()
    assert begun["waits"] == "Gather"
    assert begun["speech"] is True
    assert "Tổng đài tự động" in begun["heard"][0]["text"]
    call = begun["call"]
    for keys in ("1", "1", "142611050012#", "1", "4321"):
        told = (await line.http.post("/call/act", json={"call": call, "press": keys})).json()
    assert "đang được giải quyết" in told["heard"][0]["text"]
    ended = (await line.http.post("/call/act", json={"call": call, "hang_up": True})).json()
    assert ended["waits"] == "over"
    assert (await line.http.post("/call/act", json={"call": call, "press": "1"})).status_code == 404


@pytest.mark.parametrize(
    "addresses",
    [["203.0.113.9"] * 6, [f"2001:db8:1:2::{n:x}" for n in range(1, 7)]],
    ids=["one address", "addresses of one /64"],
)
async def test_calls_of_one_browser_share_its_wrong_tries_with_the_chat(hotline: Make, addresses: list[str]) -> None:
    line = hotline()
    page_of(line)
    for n, address in enumerate(addresses):
        browser = httpx.AsyncClient(transport=httpx.ASGITransport(line.app, client=(address, 1)), base_url=BASE)
        call = (await browser.post("/call/begin", json={})).json()["call"]
        for keys in wrong_try(n):
            await browser.post("/call/act", json={"call": call, "press": keys})
    assert wrong_tries(line) == {client_fingerprint(line.vault, grouped(addresses[0])): Budgets().address_day}


async def test_callers_without_a_number_share_their_wrong_tries(hotline: Make) -> None:
    line = hotline()
    for n, caller in enumerate(("anonymous", "", "+266696687", "Restricted", "anonymous", "anonymous")):
        call = line.call(caller=caller)
        await call.begin()
        for keys in wrong_try(n):
            await call.press(keys)
    assert list(wrong_tries(line).values()) == [Budgets().address_day]


def wrong_try(number: int) -> tuple[str, ...]:
    """The keys from the main menu to four wrong digits, for a code that no other try is about."""
    return ("1", "1", f"1426110500{number:02d}#", "1", "9999")


def wrong_tries(line: Hotline) -> Counter[str]:
    """How many tries were compared, by client."""
    with line.database.read() as session:
        return Counter(session.scalars(select(AttemptRow.client).where(AttemptRow.right.is_not(True))))


async def test_the_token_never_reaches_the_browser(hotline: Make) -> None:
    line = hotline()
    page_of(line)
    page = await line.http.get("/call")
    begun = await line.http.post("/call/begin", json={})
    assert RUN_TOKEN not in page.text + begun.text
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "<script>" not in page.text
    assert "style=" not in page.text


@pytest.mark.parametrize("body", [{"press": "abc"}, {"press": "1", "say": "a"}, {}, {"person": "me"}, {"other": 1}])
async def test_nonsense_is_refused(hotline: Make, body: dict[str, object]) -> None:
    line = hotline()
    page_of(line)
    call = (await line.http.post("/call/begin", json={})).json()["call"]
    assert (await line.http.post("/call/act", json={"call": call, **body})).status_code == 422


async def test_an_act_that_does_not_fit_changes_nothing(hotline: Make) -> None:
    line = hotline()
    page_of(line)
    call = (await line.http.post("/call/begin", json={})).json()["call"]
    told = (await line.http.post("/call/act", json={"call": call, "person": "completed"})).json()
    assert told["problem"]
    assert told["waits"] == "Gather"


async def test_no_more_calls_than_the_machine_bears(hotline: Make) -> None:
    line = hotline()
    page_of(line)
    for _ in range(MOST_CALLS):
        assert (await line.http.post("/call/begin", json={})).status_code == 200
    assert (await line.http.post("/call/begin", json={})).status_code == 503


async def test_sound_of_the_gateway_when_it_has_a_voice(hotline: Make) -> None:
    async def synthesise(text: str, *, slow: bool = False) -> bytes:
        return b"RIFF" + text.encode()

    line = hotline()
    page_of(line, synthesise=synthesise)
    heard = (await line.http.post("/call/begin", json={})).json()["heard"][0]
    sound = await line.http.get(heard["sound"])
    assert sound.content == b"RIFF" + heard["text"].encode()
    assert (await line.http.get("/call/sound/0.wav")).status_code == 404


async def test_the_microphone_goes_to_the_gateways_own_recognition(hotline: Make) -> None:
    line, ear = hotline(), Hears(["hỏi thủ tục"])
    page_of(line, recogniser=ear)
    begun = (await line.http.post("/call/begin", json={})).json()
    assert begun["hears"] is True
    path = f"/call/hear?call={begun['call']}"
    assert (await line.http.post(path, content=b"\x01\x00" * 8000)).json() == {"text": "hỏi thủ tục"}
    samples, phrases, free = ear.asked[0]
    assert (len(samples), samples[0], free) == (8000, 1, True)
    assert "tra hồ sơ" in phrases
    assert (await line.http.post(path, content=bytes(300_000))).status_code == 413
    assert (await line.http.post(path, content=bytes(3))).status_code == 422
    assert (await line.http.post("/call/hear?call=none", content=bytes(2))).status_code == 404


@pytest.mark.parametrize("name", ["call.js", "call.css", "voice.js", "ear.js", "recorder.js"])
async def test_assets(hotline: Make, name: str) -> None:
    line = hotline()
    page_of(line)
    assert (await line.http.get(f"/call/assets/{name}")).status_code == 200
    assert (await line.http.get("/call/assets/call.html")).status_code == 404


def test_the_run_token_is_new_each_time_and_its_owners_alone(tmp_path: Path) -> None:
    first, second = new_run_token(tmp_path), new_run_token(tmp_path)
    assert first != second
    assert run_token_path(tmp_path).read_text() == second
    assert run_token_path(tmp_path).stat().st_mode & 0o077 == 0


async def test_a_run_token_from_elsewhere_is_refused(hotline: Make) -> None:
    line = hotline(carrier_token="another")
    far = httpx.AsyncClient(transport=httpx.ASGITransport(line.app, client=("203.0.113.9", 1)), base_url=BASE)
    call = line.call()
    call.http = far
    with pytest.raises(Exception, match="403"):
        await call.begin()


@pytest.mark.parametrize("carrier", ["twilio", "somleng"])
def test_the_telephone_follows_the_settings(hotline: Make, tmp_path: Path, carrier: str) -> None:
    line = hotline()
    settings = Settings(
        _env_file=None, var_dir=tmp_path, voice_carrier=carrier, voice_name="Google.vi-VN-Wavenet-B",
        operator_numbers="+842400000001", twilio_auth_token="t" * 32, dossier_api_base="https://one-stop.example/api/",
    )  # type: ignore[call-arg, arg-type]  # fmt: skip
    telephone = make_telephone(
        settings,
        line.database,
        line.vault,
        line.conversation,
        line.telephone.knowledge,
        line.telephone.profile,
        line.forget,
    )
    assert telephone.carrier.speech is (carrier == "twilio")
    assert telephone.carrier.operators == ("+842400000001",)
    assert telephone.desk.backend.whole_number
    assert len(voice_routers(telephone, settings, RateLimiter(None))) == 4
