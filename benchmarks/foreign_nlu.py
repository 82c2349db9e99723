"""Does config.yml train on NLU data that has nothing to do with us? Sentences about flights, made by a grammar."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import yaml

from tests.running import ROOT

RASA = ROOT / ".venv-rasa" / "bin" / "python"
TRAIN, TEST = 4478, 893
_SLOT = re.compile(r"\[(\w+)\]\{([\w.]+)\}")
_PART = re.compile(r"(?<!\])\{(\w+)\}")
Sentences = list[tuple[str, str]]


class Grammar:
    """The sentences of `flight_grammar.yml`, drawn at random. seed: the same sentences every time."""

    def __init__(self, seed: int) -> None:
        text = Path(__file__).with_name("flight_grammar.yml").read_text(encoding="utf-8")
        self._rules: dict[str, Any] = yaml.safe_load(text)
        self._draw = random.Random(seed)

    def sentences(self, count: int) -> Sentences:
        """`count` pairs of intent and annotated sentence, no sentence twice, every intent among them."""
        shares = self._rules["intents"]
        found = {self._sentence(intent): intent for intent in shares}
        while len(found) < count:
            intent = self._draw.choices(list(shares), shares.values())[0]
            found.setdefault(self._sentence(intent), intent)
        drawn = [(intent, text) for text, intent in found.items()]
        self._draw.shuffle(drawn)
        return drawn

    def _sentence(self, intent: str) -> str:
        text = self._draw.choice(self._rules["sentences"][intent])
        if intent == "flight" and self._draw.random() < 0.05:
            text += " " + self._draw.choice(self._rules["extra"])
        while _PART.search(text):
            text = _PART.sub(lambda part: self._draw.choice(self._rules["parts"][part[1]]), text)
        text = _SLOT.sub(lambda slot: f"[{self._draw.choice(self._rules['values'][slot[1]])}]({slot[2]})", text)
        return " ".join(text.split())


def as_nlu(sentences: Sentences) -> str:
    """The sentences as a Rasa NLU file."""
    blocks: dict[str, list[str]] = defaultdict(list)
    for intent, text in sentences:
        blocks[intent].append(text)
    nlu = [{"intent": intent, "examples": "".join(f"- {t}\n" for t in texts)} for intent, texts in blocks.items()]
    return yaml.safe_dump({"version": "3.1", "nlu": nlu}, allow_unicode=True, sort_keys=False)


def train(folder: Path) -> float:
    """Train on ``train.yml`` with config.yml; the seconds it took."""
    command: list[str | Path] = [
        RASA,
        "-m",
        "rasa",
        "train",
        "nlu",
        "--config",
        "config.yml",
        "--nlu",
        folder / "train.yml",
    ]
    command += ["--domain", folder / "domain.yml", "--out", folder, "--fixed-model-name", "foreign"]
    quiet = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "RASA_MAX_CACHE_SIZE": "0"}
    started = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=os.environ | quiet, check=True, capture_output=True)
    return time.perf_counter() - started


def run() -> dict[str, Any]:
    """Training time, and the share of sentences of the other part with the right intent."""
    drawn = Grammar(7).sentences(TRAIN + TEST)
    slots = {name for _, text in drawn for name in re.findall(r"\]\(([\w.]+)\)", text)}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "train.yml").write_text(as_nlu(drawn[:TRAIN]), encoding="utf-8")
        plain = [(intent, re.sub(r"\[([^\]]+)\]\([\w.]+\)", r"\1", text)) for intent, text in drawn[TRAIN:]]
        (folder / "test.yml").write_text(as_nlu(plain), encoding="utf-8")
        (folder / "domain.yml").write_text(f"version: '3.1'\nintents: {json.dumps(sorted({i for i, _ in drawn}))}\n")
        seconds = train(folder)
        evaluate: list[str | Path] = [
            RASA,
            ROOT / "tests/unit/rasa/evaluate.py",
            folder / "foreign.tar.gz",
            folder / "test.yml",
        ]
        done = subprocess.run(evaluate, cwd=ROOT, check=True, capture_output=True, text=True)
    rows = json.loads(done.stdout.splitlines()[-1])
    right = sum(row["got"] == row["intent"] for row in rows)
    return {
        "sentences": TRAIN,
        "intents": len({intent for intent, _ in drawn}),
        "slot types": len(slots),
        "training seconds": round(seconds),
        "intent accuracy": round(right / len(rows), 4),
        "nothing sure enough": sum(row["got"] == "nlu_fallback" for row in rows),
    }
