"""Rasa's graph components, put to work in Rasa's own environment by `probe.py`."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    command = [ROOT / ".venv-rasa" / "bin" / "python", "-W", "ignore", Path(__file__).with_name("probe.py")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def test_a_placeholder_is_one_token_and_punctuation_stands_alone(seen: dict[str, Any]) -> None:
    assert seen["tokens"] == [["gọi", 0, 3], ["⟦phone:1⟧", 4, 13], [",", 13, 14], ["nhé", 15, 18], ["!", 18, 19]]


def test_a_placeholder_is_an_entity_of_its_kind(seen: dict[str, Any]) -> None:
    (entity,) = seen["entities"]
    assert (entity["entity"], entity["value"], entity["start"], entity["end"]) == ("phone", "⟦phone:1⟧", 4, 13)


def test_training_sees_each_example_without_diacritics_too(seen: dict[str, Any]) -> None:
    bare = dict(seen["copies"])
    assert set(bare) == {"từ Hà Nội đi", "tu Ha Noi di", "ok"}
    assert bare["tu Ha Noi di"] == [{"entity": "place", "value": "Ha Noi", "start": 3, "end": 9}]


def test_the_gateways_vector_is_read_and_nonsense_is_not(seen: dict[str, Any]) -> None:
    assert seen["vector"] == 1.0
    assert all(seen["bad_vectors"])


def test_a_trained_and_reloaded_classifier_ranks_with_probabilities(seen: dict[str, Any]) -> None:
    assert [ranking[0]["name"] for ranking in seen["rankings"]] == ["fee", "place", "place"]
    for ranking in seen["rankings"]:
        assert sum(intent["confidence"] for intent in ranking) == pytest.approx(1.0, abs=1e-4)


def test_ngrams_weigh_as_the_vectorizers_they_were_fitted_by(seen: dict[str, Any]) -> None:
    assert seen["ngram_difference"] < 1e-4


def test_rules_are_looked_up_as_rasa_compares_them(seen: dict[str, Any]) -> None:
    assert seen["rules"]["found"] == seen["rules"]["compared"]
    assert {"03", "13"} <= set(seen["rules"]["found"])


def test_a_graph_planned_once_gives_what_rasa_gives(seen: dict[str, Any]) -> None:
    assert seen["graphs"]["planned"] == seen["graphs"]["by_rasa"]
    assert seen["graphs"]["planned"][:2] == [{"last": 12}, {"late": 7, "early": 5}]


def test_a_tracker_is_stored_once_and_read_as_rasas_own_store_reads_it(seen: dict[str, Any]) -> None:
    assert seen["tracker"] == {"events": ["session_started", "action", "user", "action"], "same": True, "unknown": None}


@pytest.mark.parametrize(
    ("case", "intent"),
    [
        ("code alone", "give_dossier_code"),
        ("value alone", "inform"),
        ("question about a code", "dossier"),
        ("grouped", "ask"),
        ("sure retrieval", "ask"),
        ("surer classifier", "human"),
        ("refusing retrieval", "human"),
        ("no metadata", "human"),
        ("nothing to follow", "ask"),
        ("something to follow", "follow_up"),
        ("place alone", "inform"),
        ("named danger", "fire"),
        ("danger without diacritics", "fire"),
        ("word that only looks like danger", "ask"),
        ("suspected danger", "ask"),
        ("likely danger", "fire"),
        ("likely danger, sure retrieval", "ask"),
        ("certain danger, sure retrieval", "fire"),
    ],
)
def test_the_arbiter_settles(seen: dict[str, Any], case: str, intent: str) -> None:
    assert seen["settled"][case] == intent


def test_what_the_arbiter_promotes_leaves_the_others_the_rest_of_certainty(seen: dict[str, Any]) -> None:
    assert [(i["name"], i["confidence"]) for i in seen["promoted"]] == [("dossier", 1.0), ("ask", 0.0), ("human", 0.0)]
