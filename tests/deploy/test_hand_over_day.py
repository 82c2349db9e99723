"""A day at the desk: two agents and fifty citizens on two replicas; nothing lost or doubled, order kept."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from sqlalchemy import select

from console.accounts import add_user
from store import turns
from store.conversations import ConversationRow
from store.engine import Database
from store.tickets import TicketRow
from tests.console.staff import PASSWORD
from tests.deploy.conftest import Pair
from tests.deploy.hand_over_day import MESSAGES, Agent, Citizen

pytestmark = [pytest.mark.slow, pytest.mark.rasa, pytest.mark.timeout(900)]
CITIZENS, AGENTS = 50, ("ha", "binh")
LONGEST = 600.0  # seconds: the day takes about 90 on two cores that others use as well


@pytest.fixture
async def day(pair: Pair, shared_store: Database) -> list[Citizen]:
    """The citizens after the day."""
    with shared_store.write() as session:
        for name in AGENTS:
            add_user(session, name, f"Cán bộ {name}", "agent", PASSWORD)
    bases = pair.one.base, pair.two.base
    citizens = [Citizen(n, bases[n % 2], bases[1 - n % 2], forgetful=n % 4 == 0) for n in range(CITIZENS)]
    over = asyncio.Event()
    async with (
        httpx.AsyncClient(timeout=60, trust_env=False) as http,
        httpx.AsyncClient(timeout=60, trust_env=False) as first,
        httpx.AsyncClient(timeout=60, trust_env=False) as second,
    ):
        agents = [
            Agent(name, base, other, twice=name == "ha", http=own)
            for name, other, base, own in zip(AGENTS, AGENTS[::-1], bases, (first, second), strict=True)
        ]
        await asyncio.gather(*(agent.sign_in(PASSWORD) for agent in agents))
        async with asyncio.timeout(LONGEST), asyncio.TaskGroup() as working:
            for agent in agents:
                working.create_task(agent.work(over))
            await asyncio.gather(*(citizen.run(http) for citizen in citizens))
            over.set()
    assert all(agent.done for agent in agents)
    return citizens


def test_no_message_is_lost_or_doubled_and_order_is_kept(day: list[Citizen], shared_store: Database) -> None:
    for citizen in day:
        with shared_store.read() as session:
            stored = turns.after(session, citizen.id, 0)
            tickets = session.scalars(select(TicketRow).filter_by(conversation_id=citizen.id)).all()
            state = session.get_one(ConversationRow, citizen.id).state
        assert [turn.seq for turn in stored] == list(range(1, len(stored) + 1))
        wrote = [turn.text for turn in stored if turn.author == "citizen"]
        after = citizen.asked
        assert (
            wrote[after:]
            == citizen.said[after:]
            == [f"công dân {citizen.number} đã nghe {n + 1}" for n in range(MESSAGES)]
        )
        person = [(turn.id, turn.text) for turn in stored if turn.author == "person"]
        assert citizen.heard == person
        assert [text.split()[-1] for _, text in person] == [str(n + 1) for n in range(MESSAGES)]
        assert [(ticket.kind, ticket.state) for ticket in tickets] == [("hand_over", "closed")]
        assert state == "assistant"
        written_by = list(dict.fromkeys(text.split()[0] for _, text in person))
        assert list(dict.fromkeys(citizen.names)) == [f"Cán bộ {name}" for name in written_by]
        assert citizen.places == sorted(citizen.places, reverse=True)
    assert any(len(set(citizen.names)) == 2 for citizen in day)
