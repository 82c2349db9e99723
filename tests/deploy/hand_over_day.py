"""Fifty citizens and two agents on two replicas, as their browsers: chat API and stream, console pages and forms."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import httpx
import websockets

_TOKEN = re.compile(r'name="csrf" value="([^"]+)"')
_KEY = re.compile(r'name="key" value="([^"]+)"')
_TICKET = re.compile(r'href="/console/tickets/([\w-]+)"')
MESSAGES = 3
PAUSE = 0.3  # seconds between two looks, as rarely as a test can bear: every look is a page to render
APART = 0.2  # seconds between two citizens who come
PATIENCE = 120.0  # seconds that an agent waits for an answer


@dataclass
class Citizen:
    """Asks for a person on one replica, listens on the other, answers every message of the person, once or twice.

    forgetful: loses the connection after each message and comes back with the last turn it saw. asked: how often it
    asked for a person, which takes more than once while the dialogue is overloaded.
    """

    number: int
    here: str
    there: str
    forgetful: bool = False
    token: str = ""
    id: str = ""
    said: list[str] = field(default_factory=list)
    heard: list[tuple[str, str]] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    attended: str = ""
    asked: int = 0

    async def run(self, http: httpx.AsyncClient) -> None:
        """From the first message until the conversation is the assistant's again."""
        await asyncio.sleep(self.number * APART)
        last: str | None = await self._ask_for_a_person(http)
        while self.attended != "over":
            try:
                last = await self._listen(http, last)
            except (websockets.WebSocketException, OSError):
                await asyncio.sleep(PAUSE)

    async def _ask_for_a_person(self, http: httpx.AsyncClient) -> str:
        """Ask again as long as the assistant says that it cannot now; the turn of its first reply."""
        first = told = await self.say(http, "/human", self.here)
        while told["status"] == "unavailable":
            await asyncio.sleep(PAUSE)
            told = await self.say(http, "/human", self.here)
        self.asked = len(self.said)
        return str(first["turn_id"])

    async def say(self, http: httpx.AsyncClient, text: str, base: str) -> dict[str, Any]:
        """The reply to a message; every third one goes to both replicas, as from a browser that lost the network."""
        self.said.append(text)
        body = {"text": text, "client_message_id": f"{self.number}-{len(self.said)}"}
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        reply = await http.post(f"{base}/api/chat/messages", json=body, headers=headers)
        told: dict[str, Any] = reply.raise_for_status().json()
        self.token, self.id = told.get("token", self.token), told["conversation_id"]
        if len(self.said) % 3 == 0:
            again = await http.post(f"{self.there}/api/chat/messages", json=body, headers=headers)
            assert again.json()["turn_id"] == told["turn_id"]
        return told

    async def _listen(self, http: httpx.AsyncClient, last: str | None) -> str | None:
        address = self.there.replace("http", "ws", 1) + "/api/chat/stream"
        async with websockets.connect(address, proxy=None) as socket:
            await socket.send(json.dumps({"token": self.token, "after": last}))
            async for raw in socket:
                frame = json.loads(raw)
                if frame["type"] == "queue":
                    self._attended(frame)
                else:
                    last = frame["turn_id"]
                if frame["type"] == "person":
                    self.heard.append((frame["turn_id"], frame["messages"][0]["text"]))
                    await self.say(http, f"công dân {self.number} đã nghe {len(self.heard)}", self.here)
                if self.attended == "over" or (self.forgetful and frame["type"] == "person"):
                    return last
        return last

    def _attended(self, frame: dict[str, Any]) -> None:
        if frame["place"]:
            self.places.append(frame["place"])
        if frame["state"] == "person":
            self.attended = "person"
            self.names.append(frame["agent"])
        elif frame["state"] == "assistant" and self.attended == "person":
            self.attended = "over"


@dataclass
class Agent:
    """A browser of staff on one replica. twice: sends every form a second time. colleague: gets every fifth ticket."""

    name: str
    base: str
    colleague: str
    twice: bool
    http: httpx.AsyncClient
    done: int = 0

    async def sign_in(self, password: str) -> None:
        """Through the sign-in page."""
        page = await self.http.get(f"{self.base}/console/sign-in")
        form = {"csrf": _TOKEN.findall(page.text)[0], "name": self.name, "password": password, "next": "/console"}
        answer = await self.http.post(f"{self.base}/console/sign-in", data=form)
        assert answer.status_code == 303, answer.text

    async def work(self, over: asyncio.Event) -> None:
        """Take whoever waits first, or was handed over, until the day is over."""
        while not over.is_set():
            page = await self.http.get(f"{self.base}/console?kind=hand_over")
            assert page.status_code == 200
            mine, waiting = (self._tickets(page.text, id_) for id_ in ("cua-toi", "dang-cho"))
            if mine or waiting:
                await self._help((mine or waiting)[0], handed=bool(mine))
            else:
                await asyncio.sleep(PAUSE)

    async def _help(self, ticket: str, *, handed: bool) -> None:
        path = f"{self.base}/console/tickets/{ticket}"
        page = await self.http.get(path)
        if not handed and not await self._send(page, path, "take"):
            return  # the colleague was quicker
        for _ in range(MESSAGES):
            page = await self.http.get(path)
            number = page.text.count('<li class="person">') + 1
            if number > MESSAGES:
                break
            key = unescape(_KEY.findall(page.text)[0])
            assert await self._send(page, path, "write", text=f"{self.name} viết {number}", key=key)
            if number == 2 and not handed and self.done % 5 == 4:
                self.done += 1
                assert await self._send(page, path, "transfer", to=self.colleague)
                return
            await self._answered(path, number)
        self.done += 1
        assert await self._send(page, path, "close", text="Đã giúp.")

    async def _answered(self, path: str, number: int) -> None:
        """Wait until the citizen has answered the message."""
        said = re.compile(rf"công dân \d+ đã nghe {number}")
        async with asyncio.timeout(PATIENCE):
            while not said.search((await self.http.get(path, headers={"Motcua-Live": "1"})).text):
                await asyncio.sleep(PAUSE)

    async def _send(self, page: httpx.Response, path: str, action: str, **fields: str) -> bool:
        form = {"csrf": _TOKEN.findall(page.text)[0], **fields}
        answers = [await self.http.post(f"{path}/{action}", data=form)]
        if self.twice and action == "write":
            answers.append(await self.http.post(f"{path}/{action}", data=form))
        assert all(answer.status_code in (303, 409) for answer in answers), answers[-1].text
        return all(answer.status_code == 303 for answer in answers)

    def _tickets(self, page: str, section: str) -> list[str]:
        part = re.search(rf'<section aria-labelledby="{section}">.*?</section>', page, re.DOTALL)
        return _TICKET.findall(part[0]) if part else []
