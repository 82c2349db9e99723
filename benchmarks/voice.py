"""Telephone: task success with keys, speech and mishearing; length of a call; answer times with many calls at once."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from itertools import chain, islice
from pathlib import Path
from typing import Any

import httpx
import yaml

from actions.demo_dossiers import demo_rows
from actions.dossier_text import words
from benchmarks._caller import Citizen, Clock
from benchmarks._visitors import BUSY
from store.calls import CallRow
from store.engine import Database
from store.turns import latest
from tests.running import Running
from voice.simulator.carrier import Account, SimulatedCall
from voice.simulator.mishearing import mishear
from voice.speakable import speak

SHARES = (0.0, 0.1, 0.2, 0.3)
OPEN = "2026-11-23T09:00:00+07:00"
CONCURRENT = (50, 200)
LISTEN_SECONDS = 3.0
BEGIN_WITHIN_SECONDS = 10.0
ASKING = 3  # every third caller of a crowd asks about a procedure, the others about their dossiers
QUESTIONS = Path(__file__).with_name("voice_questions.yml")


class Bench:
    """A running hotline and what calls it."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.times: list[float] = []
        self.errors = self.busy = 0
        self.http = httpx.AsyncClient(
            base_url=running.base, trust_env=False, timeout=30, limits=httpx.Limits(max_connections=256),
            event_hooks={"request": [self._begun], "response": [self._ended]},
        )  # fmt: skip
        token = (running.var / "simulator_token").read_text()
        self.account = Account(running.base, token, at=OPEN)
        self.database = Database(f"sqlite:///{running.var / 'motcua.db'}")
        self._made = 0

    async def _begun(self, request: httpx.Request) -> None:
        request.extensions["begun"] = time.perf_counter()

    async def _ended(self, response: httpx.Response) -> None:
        await response.aread()
        self.times.append((time.perf_counter() - response.request.extensions["begun"]) * 1000)
        self.errors += response.status_code >= 400 or "trục trặc" in response.text
        self.busy += BUSY in response.text

    def call(self) -> SimulatedCall:
        """A call from a number of its own."""
        self._made += 1
        return SimulatedCall(self.http, self.account, f"+849{self._made:08d}")

    def citizens(self, *, impatient: bool = True, **how: Any) -> list[Citizen]:
        """One citizen for each demo dossier that has a status the telephone tells."""
        return [
            Citizen(
                self.call(), row["code"], row["applicant"][-4:], speak(words()["statuses"][row["status"]]["stands"]),
                seed=seed, **({"clock": Clock(impatient)} | how),
            )
            for seed, row in enumerate(demo_rows())
        ]  # fmt: skip

    async def dossiers(self, **how: Any) -> tuple[float, list[float]]:
        """The share of dossiers whose status was heard, and how many seconds the successful calls took."""
        citizens = self.citizens(**how)
        good = [await citizen.ask() for citizen in citizens]
        for citizen in citizens:
            await citizen.call.hang_up()
        spent = [c.clock.total for c, ok in zip(citizens, good, strict=True) if ok and c.clock]
        return sum(good) / len(good), spent

    async def questions(self, share: float) -> tuple[float, float]:
        """The share of questions answered about the right procedure with the keys of the choices, and at once."""
        asked = [(entry, q) for entry, qs in yaml.safe_load(QUESTIONS.read_text("utf-8")).items() for q in qs]
        right = [await self._question(entry, q, share, n) for n, (entry, q) in enumerate(asked)]
        return sum(r > 0 for r in right) / len(right), sum(r == 1 for r in right) / len(right)

    async def _question(self, entry: str, question: str, share: float, seed: int) -> int:
        """1 when the first answer is right, 2 when the answer after one choice is, else 0."""
        call = self.call()
        await call.begin()
        call.forget()
        await call.say(mishear(question, share, seed))
        told, turns = self._last(call), 1
        if told.get("status") == "clarification" and entry in told["entry_ids"]:
            await call.press(str(told["entry_ids"].index(entry) + 1))
            told, turns = self._last(call), 2
        await call.hang_up()
        return turns if told.get("status") == "answered" and told["entry_ids"][:1] == [entry] else 0

    def _last(self, call: SimulatedCall) -> dict[str, Any]:
        with self.database.read() as session:
            row = session.get_one(CallRow, call.sid)
            said = [t for t in latest(session, row.conversation_id or "") if t.author == "assistant"]
        if not said:
            return {}
        entries = [e for m in said[-1].messages for e in m.get("entry_ids", ())]
        return {"status": said[-1].status, "entry_ids": entries}

    async def crowd(self, count: int) -> dict[str, Any]:
        """Answer times while `count` callers ask for dossiers or procedures, at the pace of people who listen."""
        self.times.clear()
        self.errors = self.busy = 0
        questions = [q for qs in yaml.safe_load(QUESTIONS.read_text("utf-8")).values() for q in qs]
        callers = chain.from_iterable(self.citizens(clock=None, listens=LISTEN_SECONDS) for _ in range(count))
        good = await asyncio.gather(
            *(
                self._paced(citizen, questions[n % len(questions)] if n % ASKING == 0 else "", n / count)
                for n, citizen in enumerate(islice(callers, count))
            )
        )
        ordered = sorted(self.times)
        return {
            "posts": len(ordered),
            "p50_ms": round(statistics.median(ordered), 1),
            "p95_ms": round(ordered[int(len(ordered) * 0.95)], 1),
            "max_ms": round(ordered[-1], 1),
            "errors": self.errors,
            "offered a callback instead": self.busy,
            "heard what they called for": round(sum(good) / len(good), 3),
        }

    async def _paced(self, citizen: Citizen, question: str, place: float) -> bool:
        """A caller who begins at a share `place` of the first seconds; whether the answer was heard."""
        await asyncio.sleep(place * BEGIN_WITHIN_SECONDS)
        if not question:
            heard = await citizen.ask()
        else:
            await citizen.call.begin()
            await asyncio.sleep(LISTEN_SECONDS)
            await citizen.call.say(question)
            heard = self._last(citizen.call).get("status") in ("answered", "clarification")
        await asyncio.sleep(LISTEN_SECONDS)
        await citizen.call.hang_up()
        return heard


async def _measure(running: Running) -> dict[str, Any]:
    bench = Bench(running)
    keys, lengths = await bench.dossiers()
    _, patient = await bench.dossiers(impatient=False)
    figures: dict[str, Any] = {"dossier, keys": round(keys, 3), "dossier, keys, seconds (median)": _median(lengths)}
    figures["dossier, keys, every prompt heard out, seconds (median)"] = _median(patient)
    for share in SHARES:
        success, spent = await bench.dossiers(aloud=True, share=share)
        figures[f"dossier, speech, {share:.0%} misheard"] = round(success, 3)
        figures[f"dossier, speech, {share:.0%} misheard, seconds (median)"] = _median(spent)
    clean, at_once = await bench.questions(0.0)
    figures |= {"question, clean": round(clean, 3), "question, clean, at once": round(at_once, 3)}
    for share in SHARES[1:]:
        score, first = await bench.questions(share)
        name = f"question, {share:.0%} misheard"
        figures |= {name: round(score, 3), f"{name}, at once": round(first, 3)}
        figures |= {
            f"{name}, of clean": round(score / clean, 3),
            f"{name}, at once, of clean": round(first / at_once, 3),
        }
    for count in CONCURRENT:
        figures[f"{count} calls at once"] = await bench.crowd(count)
    await bench.http.aclose()
    bench.database.close()
    return figures


def _median(values: list[float]) -> float | None:
    return round(statistics.median(values), 1) if values else None


def run() -> dict[str, Any]:
    """Start Motcua in a folder of its own and call it."""
    with tempfile.TemporaryDirectory() as folder:
        running = Running(Path(folder))
        running.prepare()
        running.start()
        try:
            return asyncio.run(_measure(running))
        finally:
            running.stop()
