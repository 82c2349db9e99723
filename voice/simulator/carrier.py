"""A simulated call: posts what the caller does, interprets what comes back, and remembers what was heard."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urljoin

import httpx

from voice.simulator.document import Place, read

MOST_DOCUMENTS = 12
TIME_LIMIT = 15.0


class CarrierError(Exception):
    """The call went in a way no carrier would go on with."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the caller heard: words, or a recording's address. slow: said at a slower rate."""

    text: str
    recording: bool = False
    slow: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """How the carrier signs. base: public address. at: a moment for the gateway's clock. stream: asks for a stream.
    client: the address of the browser that calls, if one does; it counts in place of the caller's number.
    """

    base: str
    token: str
    carrier: str = "twilio"
    at: str | None = None
    stream: bool = False
    client: str | None = None


def sign(token: str, url: str, values: Mapping[str, str]) -> str:
    """The vendor's signature: HMAC-SHA1 over the address followed by the sorted parameters, in base 64."""
    text = url + "".join(f"{key}{values[key]}" for key in sorted(values))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


@dataclass
class SimulatedCall:
    """One call. waiting: the verb that waits for the caller or a person, None when the call is over."""

    http: httpx.AsyncClient
    account: Account
    caller: str = "+84912345678"
    sid: str = field(default_factory=lambda: f"CA{secrets.token_hex(16)}")
    heard: list[Heard] = field(default_factory=list)
    whispered: list[Heard] = field(default_factory=list)
    waiting: ET.Element | None = None
    over: bool = False
    status_code: int = 200
    last_post: tuple[str, dict[str, str]] = ("", {})
    last_document: str = ""
    queued_seconds: int = 0
    queue_action: str = ""
    _rest: list[ET.Element] = field(default_factory=list)
    _ahead: str = ""
    _twin: SimulatedCall | None = None

    async def begin(self) -> None:
        """The call is answered."""
        await self._fetch("/voice/incoming", {})

    async def press(self, keys: str) -> None:
        """Press keys; what one entry does not take is typed ahead for the next."""
        if self.waiting is None:
            raise CarrierError("nothing listens for keys")
        if self.waiting.tag == "Enqueue":
            await self._queue({"Digits": keys})
            return
        if self.waiting.tag != "Gather":
            raise CarrierError(f"{self.waiting.tag} takes no keys")
        taken, self._ahead = _taken(self.waiting, keys)
        await self._post_gather({"Digits": taken})
        if self._ahead and self.waiting is not None and self.waiting.tag == "Gather":
            ahead, self._ahead = self._ahead, ""
            await self.press(ahead)

    async def say(self, text: str, confidence: float = 0.9) -> None:
        """Speak; a Gather that takes keys only hears nothing."""
        gather = self._gather()
        if "speech" not in gather.get("input", "dtmf"):
            await self.silence()
            return
        await self._post_gather({"SpeechResult": text, "Confidence": f"{confidence:.2f}"})

    async def silence(self) -> None:
        """Let the time-out pass."""
        gather = self._gather()
        if gather.get("actionOnEmptyResult") == "true":
            await self._post_gather({"Digits": ""})
        else:
            await self._play(self._rest)

    async def person(self, result: str) -> None:
        """The rung operators answer (`completed`) or do not (`busy`, `no-answer`, `failed`)."""
        dial = self._expect("Dial")
        if result == "completed":
            for number in dial.iter("Number"):
                if url := number.get("url"):
                    self.whispered += _words(await self._document(url, {"ParentCallSid": self.sid}, "whisper"))
                break
        await self._action(dial, {"DialCallStatus": result})

    async def wait(self, seconds: int) -> None:
        """Stand in the queue for so many seconds and hear what is said there."""
        self._expect("Enqueue")
        self.queued_seconds += seconds
        await self._queue({})

    async def picked_up(self) -> None:
        """A person takes the call out of the queue, and the talk ends."""
        await self._leave_queue("bridged")

    async def leave_message(self, seconds: int) -> None:
        """Speak a message of so many seconds, or none."""
        record = self._expect("Record")
        address = f"https://api.carrier.example/Recordings/RE{secrets.token_hex(16)}"
        values = {"RecordingUrl": address, "RecordingDuration": str(seconds), "Digits": "#"} if seconds else {}
        callback = record.get("recordingStatusCallback")
        await self._action(record, values)
        if seconds and callback:
            await self._post(callback, {"RecordingUrl": address, "RecordingStatus": "completed"})

    async def hang_up(self, seconds: int = 30) -> None:
        """The caller leaves."""
        await self._end(seconds)

    async def repeat(self) -> str:
        """Post the last post again, as a carrier does that got no answer in time; the document that came back."""
        url, values = self.last_post
        return (await self._post(url, values)).text

    async def unanswered(self) -> None:
        """The carrier got no answer in time, or an error, and goes on with the fallback."""
        await self._fetch("/voice/fallback", {"ErrorCode": "11205", "ErrorUrl": self.last_post[0]})

    async def forge(self) -> None:
        """Somebody without the carrier's token posts in this call's name; `status_code` is what they get."""
        forged = replace(self, account=replace(self.account, token=self.account.token[::-1]))
        self.status_code = (await forged._post("/voice/turn?turn=1", {"Digits": "1"})).status_code

    async def twin(self) -> SimulatedCall:
        """A second call from the same number while this one lasts; begun when it is first asked for."""
        if self._twin is None:
            self._twin = SimulatedCall(self.http, self.account, self.caller)
            await self._twin.begin()
        return self._twin

    @property
    def asked(self) -> dict[str, str]:
        """What the simulator asks of the gateway beside the carrier's contract."""
        asked = {
            "X-Simulator-Now": self.account.at,
            "X-Simulator-Stream": "own" if self.account.stream else None,
            "X-Simulator-Client": self.account.client,
        }
        return {name: value for name, value in asked.items() if value}

    async def stream_ended(self) -> None:
        """The media stream is over; the call goes on as the gateway says."""
        await self._action(self._expect("Connect"), {})

    @property
    def words(self) -> str:
        """Everything that was heard since `forget`."""
        return " ".join(heard.text for heard in self.heard)

    def forget(self) -> None:
        """Begin a new stretch of listening."""
        self.heard.clear()

    def _gather(self) -> ET.Element:
        return self._expect("Gather")

    def _expect(self, verb: str) -> ET.Element:
        if self.waiting is None or self.waiting.tag != verb:
            raise CarrierError(
                f"expected {verb}, the call waits at {self.waiting.tag if self.waiting is not None else 'nothing'}"
            )
        return self.waiting

    async def _post_gather(self, values: dict[str, str]) -> None:
        await self._action(self._gather(), values)

    async def _action(self, verb: ET.Element, values: dict[str, str]) -> None:
        action = verb.get("action")
        if action is None:
            await self._play(self._rest)
        else:
            await self._fetch(action, values)

    async def _fetch(self, url: str, values: dict[str, str]) -> None:
        for _ in range(MOST_DOCUMENTS):
            again = await self._play(await self._document(url, values, "call"))
            if again is None:
                return
            url, values = again, {}
        raise CarrierError("one document leads to another without end")

    async def _document(self, url: str, values: dict[str, str], place: Place) -> list[ET.Element]:
        answer = await self._post(url, values)
        self.status_code = answer.status_code
        if answer.status_code != 200 and not url.endswith("/voice/fallback"):
            answer = await self._post("/voice/fallback", {"ErrorCode": "11200", "ErrorUrl": url})
        if answer.status_code != 200:
            raise CarrierError(f"{url} answered {answer.status_code}")
        self.last_document = answer.text
        return read(answer.text, place, self.account.carrier)

    async def _post(self, url: str, values: Mapping[str, str]) -> httpx.Response:
        full = urljoin(self.account.base, url)
        posted = {
            "CallSid": self.sid, "AccountSid": "AC" + "0" * 32, "From": self.caller, "To": "19000000",
            "CallStatus": "in-progress", "Direction": "inbound", "ApiVersion": "2010-04-01", **values,
        }  # fmt: skip
        if "fallback" not in url and "status" not in url:
            self.last_post = (url, dict(values))
        headers = {"X-Twilio-Signature": sign(self.account.token, full, posted)}
        headers |= self.asked
        path = full.removeprefix(self.account.base.rstrip("/"))
        return await self.http.post(path, data=posted, headers=headers, timeout=TIME_LIMIT)

    async def _play(self, verbs: list[ET.Element]) -> str | None:
        """Do one verb after another until one waits; an address when the call goes on with another document."""
        self.waiting = None
        for index, verb in enumerate(verbs):
            if verb.tag in ("Say", "Play"):
                self.heard += _words([verb])
            elif verb.tag == "Redirect":
                return (verb.text or "").strip()
            elif verb.tag in ("Gather", "Dial", "Record", "Enqueue", "Connect"):
                self.heard += _words(list(verb)) if verb.tag == "Gather" else []
                self.waiting, self._rest = verb, verbs[index + 1 :]
                if verb.tag == "Enqueue":
                    await self._queue({})
                return None
            elif verb.tag in ("Hangup", "Reject"):
                break
        await self._end(30)
        return None

    async def _queue(self, values: dict[str, str]) -> None:
        enqueue = self._expect("Enqueue")
        state = {
            "QueuePosition": "1",
            "CurrentQueueSize": "1",
            "AvgQueueTime": "120",
            "QueueTime": str(self.queued_seconds),
        }
        verbs = await self._document(enqueue.get("waitUrl", ""), {**state, **values}, "wait")
        for verb in verbs:
            if verb.tag == "Leave":
                await self._leave_queue("leave")
                return
            self.heard += _words(list(verb)) if verb.tag == "Gather" else _words([verb])

    async def _leave_queue(self, result: str) -> None:
        await self._action(self._expect("Enqueue"), {"QueueResult": result, "QueueTime": str(self.queued_seconds)})

    async def _end(self, seconds: int) -> None:
        if not self.over:
            self.over, self.waiting = True, None
            await self._post("/voice/status", {"CallStatus": "completed", "CallDuration": str(seconds)})


def _taken(gather: ET.Element, keys: str) -> tuple[str, str]:
    """The keys that this Gather takes, and those typed ahead."""
    finish, most = gather.get("finishOnKey", "#"), int(gather.get("numDigits", "0")) or len(keys)
    for index, key in enumerate(keys):
        if key in finish:
            return keys[:index], keys[index + 1 :]
        if index + 1 == most:
            return keys[:most], keys[most:]
    return keys, ""


def _words(verbs: list[ET.Element]) -> list[Heard]:
    """What Say and Play verbs let the caller hear."""
    found = []
    for verb in verbs:
        text = "".join(verb.itertext()).strip()
        if verb.tag == "Say":
            found.append(Heard(text, slow=verb.find("prosody") is not None))
        elif verb.tag == "Play":
            found.append(Heard(text, recording=True))
    return found
