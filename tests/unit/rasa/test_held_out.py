"""The trained model on messages nobody trained on: how many get the right intent, and how many the right next step."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[3]
MODEL = ROOT / "models" / "dialogue.tar.gz"
HERE = Path(__file__).parent
DANGERS = ("fire", "police", "medical", "child")
URGENT = {f"emergency_{danger}" for danger in DANGERS} | {"domestic_violence", "self_harm", "scam"}

Parsed = list[dict[str, str]]


@pytest.fixture(scope="module")
def parsed() -> Parsed:
    command = [
        ROOT / ".venv-rasa" / "bin" / "python",
        "-W",
        "ignore",
        HERE / "evaluate.py",
        MODEL,
        HERE / "held_out.yml",
    ]
    quiet = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(command, cwd=ROOT, env=quiet, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    result: Parsed = json.loads(done.stdout.splitlines()[-1])
    return result


@pytest.fixture(scope="module")
def next_step() -> dict[str, str]:
    """What the rules do after each intent outside a form."""
    rules = [
        rule
        for file in sorted((ROOT / "nlu_data" / "rules").glob("*.yml"))
        for rule in yaml.safe_load(file.read_text(encoding="utf-8"))["rules"]
        if "condition" not in rule
    ]
    steps: dict[str, str] = {}
    for rule in rules:
        said, done = rule["steps"][:2]
        steps |= {item["intent"]: done["action"] for item in said.get("or", [said])}
    return steps


def share(hits: list[bool]) -> float:
    return sum(hits) / len(hits)


def test_the_right_intent(parsed: Parsed) -> None:
    assert share([row["got"] == row["intent"] for row in parsed]) >= 0.9


def test_the_right_next_step(parsed: Parsed, next_step: dict[str, str]) -> None:
    assert share([next_step[row["got"]] == next_step[row["intent"]] for row in parsed]) >= 0.93


def test_danger_is_heard(parsed: Parsed) -> None:
    missed = [row["text"] for row in parsed if row["intent"] in URGENT and row["got"] not in URGENT]
    assert len(missed) <= 2, missed


def test_no_false_alarm_on_ordinary_questions(parsed: Parsed) -> None:
    calm = [row for row in parsed if row["intent"] in ("ask_procedure", "ask_general", "follow_up", "dossier_status")]
    alarms = [row["text"] for row in calm if row["got"] in URGENT]
    assert len(alarms) <= 1, alarms


def test_every_intent_of_the_domain_is_in_the_held_out_file(parsed: Parsed) -> None:
    intents = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["intents"]
    assert {row["intent"] for row in parsed} == set(intents)
