"""Lessons for the dialogue: two people, a part kept apart, and a model that is taken only when it is better."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import yaml

from console import learning
from console.intents import INTENTS
from console.training import Cases, held_out, is_better, measured, model_in_use
from settings import ROOT
from store.base import now
from store.engine import Database
from store.unanswered import TrainingRow
from tests.console.staff import StaffBrowser, words

SignIn = Callable[..., StaffBrowser]
LEARNING = "/console/learning"
TEXTS = ("cho gặp người thật", "đưa người ra đây", "kêu cán bộ dùm", "có ai trực hông")


def _propose(browser: StaffBrowser) -> None:
    browser.open(LEARNING)
    for text in TEXTS:
        browser.send(f"{LEARNING}/propose", text=text, intent="human")


def _lessons(database: Database, state: str) -> list[Any]:
    with database.read() as session:
        return learning.lessons(session, state)


def test_a_lesson_needs_a_second_person(sign_in: SignIn, database: Database) -> None:
    publisher, other = sign_in("publisher"), sign_in("publisher", "publisher2")
    _propose(publisher)
    (*_, first) = _lessons(database, "proposed")
    refused = publisher.send(f"{LEARNING}/{first.id}", accept="1")
    assert refused.status_code == 409
    assert "Cần người thứ hai" in words(refused)
    other.open(LEARNING)
    other.send(f"{LEARNING}/{first.id}", accept="1")
    assert [row.text for row in _lessons(database, "accepted")] == [TEXTS[0]]
    assert other.send(f"{LEARNING}/{first.id}", accept="1").status_code == 409


def test_every_fourth_lesson_is_kept_apart_and_none_is_kept_twice(sign_in: SignIn, database: Database) -> None:
    curator = sign_in("curator")
    _propose(curator)
    _propose(curator)
    assert [row.kept_apart for row in reversed(_lessons(database, "proposed"))] == [False, False, False, True]


def test_a_training_is_asked_for_once_and_only_with_new_lessons(sign_in: SignIn, database: Database) -> None:
    curator, publisher = sign_in("curator"), sign_in("publisher")
    publisher.open(LEARNING)
    assert publisher.send(f"{LEARNING}/train").status_code == 409
    _propose(curator)
    for row in _lessons(database, "proposed"):
        publisher.send(f"{LEARNING}/{row.id}", accept="1")
    assert "Trợ lý sẽ học lại" in words(publisher.send(f"{LEARNING}/train"))
    again = publisher.send(f"{LEARNING}/train")
    assert again.status_code == 409
    assert "đang học" in words(again)


def test_a_training_whose_process_is_gone_does_not_stand_in_the_way(database: Database) -> None:
    with database.write() as session:
        row = TrainingRow(state="running", base="b", started_by="x", heartbeat=now() - timedelta(minutes=10))
        session.add(row)
        session.flush()
        assert learning.in_work(session) is None


def _figures(held_out: int, apart: tuple[int, int], learned: int, missed: int = 0) -> dict[str, Any]:
    return {"held_out": [held_out, 100], "apart": list(apart), "learned": [learned, 10], "dangers_missed": missed}


@pytest.mark.parametrize(
    ("after", "better"),
    [
        (_figures(90, (3, 4), 10), True),
        (_figures(91, (2, 4), 5), True),
        (_figures(90, (2, 4), 10), False),
        (_figures(91, (0, 0), 10), False),
        (_figures(92, (1, 4), 10), False),
        (_figures(90, (1, 4), 10), False),
        (_figures(89, (4, 4), 10), False),
        (_figures(95, (4, 4), 10, missed=1), False),
    ],
)
def test_a_model_is_taken_only_when_it_is_better(after: dict[str, Any], better: bool) -> None:
    assert is_better(_figures(90, (2, 4), 5), after) is better


def test_figures_are_counted_part_by_part() -> None:
    cases = Cases((("cháy nhà", "emergency_fire"), ("chào", "greet")), (("gặp ai", "human"),), (("kêu ai", "human"),))
    assert measured(cases, ["greet", "greet", "human", "greet"]) == {
        "held_out": [1, 2], "apart": [1, 1], "learned": [0, 1], "dangers_missed": 1,
    }  # fmt: skip


def test_the_newest_better_model_of_what_is_shipped_is_used(database: Database) -> None:
    with database.write() as session:
        for state, base in (("better", "b"), ("better", "b"), ("no_better", "b"), ("better", "older")):
            session.add(TrainingRow(state=state, base=base, started_by="x", model=state.encode()))
            session.flush()
        row = model_in_use(session, "b")
        assert row is not None
        assert (row.id, row.model) == (2, b"better")
        assert model_in_use(session, "c") is None


def test_what_can_be_taught_is_an_intent_of_the_dialogue_and_is_measured() -> None:
    intents = set(yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["intents"])
    assert set(INTENTS) <= intents
    assert {intent for _, intent in held_out()} >= set(INTENTS)
