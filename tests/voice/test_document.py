"""The simulated carrier refuses what the vendor refuses."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.voice.telephone import Hotline
from voice.call_state import Line, Listen
from voice.simulator.carrier import sign
from voice.simulator.document import InvalidTwimlError, Place, read
from voice.twiml import Carrier, render_ask


def inside(verbs: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{verbs}</Response>'


@pytest.mark.parametrize(
    ("verbs", "why"),
    [
        ("<Sya>a</Sya>", "may not stand"),
        ('<Say voise="x">a</Say>', "no attribute voise"),
        ('<Say language="vietnamese">a</Say>', "language"),
        ("<Say></Say>", "is empty"),
        (f"<Say>{'a' * 3001}</Say>", "3000"),
        ('<Gather input="voice"/>', "input"),
        ('<Gather timeout="soon"/>', "timeout"),
        ('<Gather numDigits="0"/>', "numDigits"),
        ('<Gather finishOnKey="#*"/>', "finishOnKey"),
        ('<Gather hints="a, b"/>', "does not listen"),
        (f'<Gather input="speech" hints="{"a" * 101}"/>', "hints"),
        ('<Say voice="Google.vi-VN-Nobody">a</Say>', "voice"),
        ('<Say><prosody rate="quick">a</prosody></Say>', "rate"),
        ("<Gather><Say>a</Say>words</Gather>", "holds no text"),
        ("<Hangup/><Say>a</Say>", "never reached"),
        ("<Redirect>https://a.example/b</Redirect><Say>a</Say>", "never reached"),
        ("<Redirect>elsewhere</Redirect>", "not url"),
        ('<Dial timeout="3">1</Dial>', "timeout"),
        ("<Dial><Number>somebody</Number></Dial>", "not number"),
        ("<Dial><Queue>a</Queue><Number>+84912345678</Number></Dial>", "alone"),
        ('<Enqueue maxQueueSize="3">a</Enqueue>', "no attribute maxQueueSize"),
        (f"<Enqueue>{'a' * 65}</Enqueue>", "not queue"),
        ("<Connect/>", "needs Stream"),
        ("<Connect><Stream/></Connect>", "needs url"),
        ('<Connect><Stream url="wss://a.example/b?c=1"/></Connect>', "url"),
        ('<Connect><Stream url="wss://a.example/b"><Parameter name="a"/></Stream></Connect>', "needs value"),
        ('<Play digits="abc"/>', "digits"),
        ('<Gather finishOnKey="A"/>', "finishOnKey"),
        ('<Gather input="speech" speechTimeout="auto"/>', "13335"),
        ('<Gather action="turn"/>', "action"),
        ("<Gather><Dial>1</Dial></Gather>", "may not stand in Gather"),
        ("<Gather>words</Gather>", "holds no text"),
        ("<Dial/>", "nobody to call"),
        ("<Dial><Say>a</Say></Dial>", "may not stand in Dial"),
        ("<Dial><Number></Number></Dial>", "is empty"),
        ('<Record method="PUT"/>', "method"),
        ('<Record trim="yes"/>', "trim"),
        ("<Redirect></Redirect>", "is empty"),
        ("<Leave/>", "may not stand in a document for call"),
        ("<Prompt>a</Prompt>", "may not stand"),
        ("<Say>a", "not XML"),
    ],
)
def test_refused(verbs: str, why: str) -> None:
    with pytest.raises(InvalidTwimlError, match=why):
        read(inside(verbs))


@pytest.mark.parametrize(
    ("verbs", "place"), [("<Enqueue>q</Enqueue>", "wait"), ("<Dial>1</Dial>", "whisper"), ("<Record/>", "wait")]
)
def test_refused_where_it_is_played(verbs: str, place: Place) -> None:
    with pytest.raises(InvalidTwimlError, match="may not stand"):
        read(inside(verbs), place)


@pytest.mark.parametrize("verbs", ['<Gather input="dtmf"/>', '<Gather language="vi-VN"/>', "<Enqueue>q</Enqueue>"])
def test_refused_by_a_carrier_that_knows_keys_only(verbs: str) -> None:
    assert read(inside(verbs))
    with pytest.raises(InvalidTwimlError):
        read(inside(verbs), carrier="somleng")


@pytest.mark.parametrize(
    "verbs",
    [
        '<Gather input="dtmf speech" language="vi-VN" finishOnKey="" numDigits="1"><Say>a</Say></Gather>',
        '<Gather input="speech" speechTimeout="auto" speechModel="phone_call"/>',
        '<Say voice="Google.vi-VN-Standard-A"><prosody rate="87%">a</prosody></Say>',
        '<Connect><Stream url="wss://a.example/voice/media"><Parameter name="a" value="b"/></Stream></Connect>',
    ],
)
def test_taken(verbs: str) -> None:
    assert len(read(inside(verbs))) == 1


def test_the_signature_is_the_vendors() -> None:
    """The worked example of the vendor's page on request validation."""
    values = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675310",
        "Digits": "1234",
        "From": "+14158675310",
        "To": "+18005551212",
    }
    assert sign("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", values) == "GvWf1cFY/Q7PnoempGyD5oXAezc="


async def test_a_gather_is_written_as_conventions_want(hotline: Callable[..., Hotline]) -> None:
    call = hotline().call()
    await call.begin()
    assert call.waiting is not None
    menu = dict(call.waiting.attrib)
    assert (menu["finishOnKey"], menu["actionOnEmptyResult"], menu["language"]) == ("", "true", "vi-VN")
    assert "hồ sơ của tôi" in menu["hints"]
    await call.press("11")
    assert call.waiting is not None
    assert call.waiting.get("finishOnKey") == "#"
    assert call.waiting.get("numDigits") is None


@pytest.mark.parametrize("titles", [("sang tên sổ đỏ", "điều chỉnh quyết định, " * 8), ("hồ sơ của tôi",) * 60])
def test_hints_are_as_long_as_the_carrier_takes(titles: tuple[str, ...], tmp_path: Path) -> None:
    carrier = Carrier("https://a.example", "Google.vi-VN-Standard-A", tmp_path)
    written = render_ask((Line("Mời anh chị nói."),), "https://a.example/b", Listen(speech=True, hints=titles), carrier)
    read(written)
    hints = re.search('hints="([^"]+)"', written)
    assert hints is not None
    assert set(hints[1].split(", ")) == {titles[0]}
