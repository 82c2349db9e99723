"""Hostile requests by the thousand: drawn from the OpenAPI document, and by hand where it says little.

What is signed is signed rightly, so that the inside is reached: carrier posts, Zalo events, pushes of dossiers.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from twilio.request_validator import RequestValidator

from bot.channels.zalo.signature import signature
from tests.fakes.zalo_server import APP_ID, OA_SECRET
from tests.running import INTEGRATION_TOKEN, Running

HANG_SECONDS = 30.0
ROUND = 200
SHED = frozenset((503,))

Request = dict[str, Any]


@dataclass
class Tally:
    """requests: sent. statuses: how often each came. broken: class 500 but a polite 503, hangs, cut connections."""

    requests: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    slowest: float = 0.0


class Fuzzer:
    """Fuzzes one running Motcua."""

    def __init__(self, running: Running) -> None:
        self._running, self.tally = running, Tally()
        self._http = httpx.Client(base_url=running.base, timeout=HANG_SECONDS, trust_env=False)
        self._signer = RequestValidator((running.var / "simulator_token").read_text())
        self._tokens: list[str] = []

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def run(self, requests: int, told: Callable[[Tally], None] = lambda tally: None) -> Tally:
        """Send at least so many requests, all sorts in turn."""
        schema = schemathesis.openapi.from_dict(self._http.get("/openapi.json").json())
        operations = [found.ok() for found in schema.get_all_operations()]
        sorts: list[st.SearchStrategy[Request]] = [
            chats(),
            chats(),
            carrier_posts(),
            zalo_events(),
            pushes(),
            raw_bodies(),
        ]
        modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        sorts += [operation.as_strategy(mode).map(_request_of) for operation in operations for mode in modes]
        number = 0
        while self.tally.requests < requests:
            few = max(3, min(ROUND, requests // (2 * len(sorts))))
            self._draw(sorts[number % len(sorts)], few, number)
            number += 1
            if number % len(sorts) == 0:
                told(self.tally)
        return self.tally

    def _draw(self, strategy: st.SearchStrategy[Request], count: int, number: int) -> None:
        self._tokens = [self._http.post("/api/chat", json={}).json()["token"] for _ in range(2)]

        @seed(number)
        @settings(
            max_examples=count, phases=[Phase.generate], database=None, deadline=None, verbosity=Verbosity.quiet,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(request=strategy)
        def drawn(request: Request) -> None:
            self.send(request)

        with suppress(Unsatisfiable):  # some routes take nothing that could be wrong
            drawn()

    def send(self, request: Request) -> None:
        """Send one request, with what opens its door, and note how it ended."""
        request = self._opened(request)
        started = time.perf_counter()
        self.tally.requests += 1
        try:
            response = self._http.request(**request)
        except (httpx.InvalidURL, UnicodeError, ValueError, TypeError):
            return  # never left this machine
        except httpx.LocalProtocolError:
            return
        except httpx.TransportError as error:
            self.tally.broken.append(f"{type(error).__name__}: {_shown(request)}")
            return
        self.tally.statuses[response.status_code] += 1
        self.tally.slowest = max(self.tally.slowest, time.perf_counter() - started)
        if response.status_code >= 500 and response.status_code not in SHED:
            self.tally.broken.append(f"{response.status_code}: {_shown(request)}")

    def _opened(self, request: Request) -> Request:
        path, headers = str(request["url"]), dict(request.get("headers") or {})
        if path.startswith("/api/chat") and "Authorization" not in headers:
            headers["Authorization"] = f"Bearer {self._tokens[self.tally.requests % 2]}"
        elif path.startswith("/api/integration"):
            headers["Authorization"] = f"Bearer {INTEGRATION_TOKEN}"
        elif path.startswith("/voice/") and isinstance(request.get("data"), dict):
            address = f"{self._running.base}{path}"
            headers["X-Twilio-Signature"] = self._signer.compute_signature(address, request["data"])
        return request | {"headers": headers}


def _request_of(case: schemathesis.Case) -> Request:
    packed = case.as_transport_kwargs(base_url="http://fuzz")
    url = str(packed["url"]).removeprefix("http://fuzz")
    kept = {name: packed[name] for name in ("method", "params", "json", "headers") if packed.get(name) is not None}
    if isinstance(packed.get("data"), bytes | str):
        kept["content"] = packed["data"]
    return kept | {"url": url or "/", "headers": dict(packed.get("headers") or {})}


def _shown(request: Request) -> str:
    return repr({name: request[name] for name in request if name != "headers"})[:600]


HOSTILE = (
    "\x00", "a\x00b", "\ud800", "\U0010ffff" * 50, "a" * 1999, "ấ" * 2000, "\u202e\u200b\ufeff", "{{7*7}}",
    "' OR 1=1 --", "../../etc/passwd", "<script>alert(1)</script>", "⟦cccd:1⟧", '/ask{"entry":"1.001193"}', "/ask{",
    "/human",
    "H00.14-261105-0012", "0" * 400, "-0", "1e999", "NaN", "\r\nSet-Cookie: a=b", "%s%n%x", "٠١٢٣٤٥٦٧٨٩",
    "e\u0301" * 900, "tôi tên là " * 150, "số 12 đường " * 150, "không một hai ba " * 110, " ".join(["à"] * 999),
)  # fmt: skip
TEXTS = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=300), st.sampled_from(HOSTILE).map(lambda text: text * 3))
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=12,
)


def chats() -> st.SearchStrategy[Request]:
    """Messages of a chat: texts, ids and fields that nobody honest would send."""
    ids = st.one_of(st.none(), TEXTS, st.text(min_size=1, max_size=128))
    body = st.fixed_dictionaries(
        {"text": TEXTS}, optional={"client_message_id": ids, "channel": JSON, "language": JSON}
    )
    return st.one_of(body, body, body, JSON).map(lambda content: _json("/api/chat/messages", content))


def zalo_events() -> st.SearchStrategy[Request]:
    """Events of Zalo, rightly signed, whose content is anything."""
    names = st.sampled_from(
        ("user_send_text", "user_send_image", "user_send_location", "follow", "unfollow", "oa_send_text", "x")
    )
    who = st.one_of(st.fixed_dictionaries({"id": TEXTS}), JSON)
    message = st.one_of(st.fixed_dictionaries({"text": TEXTS, "msg_id": TEXTS}), JSON)
    event = st.fixed_dictionaries(
        {"event_name": st.one_of(names, JSON), "timestamp": st.one_of(st.integers(), st.just("1763778000000"), JSON)},
        optional={"sender": who, "follower": who, "recipient": who, "message": message, "app_id": st.just(APP_ID)},
    )
    return event.map(_signed_event)


def _signed_event(event: dict[str, Any]) -> Request:
    body = json.dumps(event).encode()
    mac = signature(APP_ID, body, str(event.get("timestamp") or ""), OA_SECRET)
    return {
        "method": "POST", "url": "/channels/zalo/webhook", "content": body,
        "headers": {"X-ZEvent-Signature": f"mac={mac}", "Content-Type": "application/json"},
    }  # fmt: skip


def carrier_posts() -> st.SearchStrategy[Request]:
    """Posts of the carrier, rightly signed, in any order and to any turn of a few calls: the call must stand it."""
    plain = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
    values = st.fixed_dictionaries(
        {"CallSid": st.one_of(st.sampled_from([f"CA{n}" for n in range(12)]), plain)},
        optional={
            "From": st.one_of(st.just("+84912345678"), plain),
            "Digits": st.one_of(st.text("0123456789*#", max_size=24), plain),
            "SpeechResult": plain,
            "Confidence": plain,
            "CallStatus": st.one_of(st.sampled_from(("completed", "busy", "in-progress")), plain),
            "CallDuration": plain,
            "RecordingUrl": plain,
            "QueueTime": plain,
            "QueuePosition": plain,
            "DialCallStatus": plain,
        },
    )
    turns = st.one_of(st.integers(0, 30).map(str), st.sampled_from(("-1", "x", "99999999999999999999999")))
    paths = st.one_of(
        st.sampled_from(("incoming", "status", "fallback", "wait", "whisper", "agent", "recording")),
        *[turns.map(lambda turn: f"turn?turn={turn}")] * 3,
    )
    return st.builds(
        lambda path, data: {"method": "POST", "url": f"/voice/{path}", "data": data, "headers": {}}, paths, values
    )


def pushes() -> st.SearchStrategy[Request]:
    """Batches of the one-stop system: known fields, anything in them."""
    names = (
        "MaHoSo", "TrangThaiHoSo", "NgayTiepNhan", "NgayHenTra", "NgayNopHoSo", "NgayTra", "MaTTHC", "TenTTHC",
        "SoGiayToChuHoSo", "TenChuHoSo", "ChuHoSo",
    )  # fmt: skip
    values = st.one_of(
        JSON, st.sampled_from(("H00.14-261105-0012", "20261105093000", "1", "10", "079190000123", "2026-13-45"))
    )
    record = st.dictionaries(st.sampled_from(names), values, max_size=len(names))
    batch = st.fixed_dictionaries({"data": st.one_of(st.lists(st.one_of(record, JSON), max_size=6), JSON)})
    return batch.map(lambda content: _json("/api/integration/dossiers", content))


def raw_bodies() -> st.SearchStrategy[Request]:
    """Bytes that are no JSON, to every route that reads any."""
    paths = st.sampled_from(
        ("/api/chat/messages", "/api/chat", "/api/chat/ratings", "/channels/zalo/webhook", "/voice/turn?turn=1",
         "/api/integration/dossiers", "/console/sign-in")
    )  # fmt: skip
    kinds = st.sampled_from(
        ("application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", "x")
    )
    bodies = st.one_of(
        st.binary(max_size=400), st.sampled_from((b"[" * 50_000, b'{"a":' * 20_000, b"\xff\xfe", b"a=" + b"%" * 5000)),
        st.sampled_from((b"a" * 300_000, b'{"text": "' + b"\xed\xa0\x80" + b'"}', b"--x\r\n\r\n\r\n--x--")),
    )  # fmt: skip
    return st.builds(_raw, paths, bodies, kinds)


def _raw(url: str, content: bytes, kind: str) -> Request:
    return {"method": "POST", "url": url, "content": content, "headers": {"Content-Type": kind}}


def _json(url: str, content: Any) -> Request:
    """A post whose body may hold what JSON allows and Unicode does not."""
    return {
        "method": "POST", "url": url, "content": json.dumps(content).encode(),
        "headers": {"Content-Type": "application/json"},
    }  # fmt: skip
