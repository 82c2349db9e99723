"""The baseline: `rasa run` with its own components on our intents, each answered by a fixed sentence."""

from __future__ import annotations

import os
import subprocess
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx
import yaml

from tests.running import ROOT, free_port

RASA = ROOT / ".venv-rasa" / "bin" / "python"
_FEATURES = [
    {"name": "WhitespaceTokenizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
]
_CLASSIFIER = {
    "lr": [{"name": "LogisticRegressionClassifier"}],
    "diet": [{"name": "DIETClassifier", "epochs": 1}],
}


class PlainRasa:
    """A trained and running plain Rasa in `folder`. classifier: ``lr`` or ``diet`` (one epoch, for latency only)."""

    def __init__(self, folder: Path, classifier: str) -> None:
        self._folder, self._port = folder, free_port()
        self._environment = os.environ | {
            "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "2", "PYTHONWARNINGS": "ignore",
            "LOG_LEVEL": "ERROR", "SANIC_WORKERS": "1", "CUDA_VISIBLE_DEVICES": "-1",
        }  # fmt: skip
        self._write(classifier)
        self._rasa("train", "--data", "data", "--out", "models").wait()
        self._process: subprocess.Popen[bytes] | None = None
        self._http = httpx.Client(base_url=f"http://127.0.0.1:{self._port}", timeout=30, trust_env=False)

    def _write(self, classifier: str) -> None:
        intents = sorted({i.split("/")[0] for i in _intents()})
        (self._folder / "data").mkdir()
        for source in (ROOT / "nlu_data" / "nlu").glob("*.yml"):
            (self._folder / "data" / source.name).write_text(source.read_text("utf-8"), "utf-8")
        rules = [{"rule": i, "steps": [{"intent": i}, {"action": f"utter_{i}"}]} for i in intents]
        responses = {f"utter_{i}": [{"text": "Dạ, đây là câu trả lời có sẵn."}] for i in intents}
        config = {
            "recipe": "default.v1", "language": "vi", "assistant_id": "plain",
            "pipeline": _FEATURES + _CLASSIFIER[classifier], "policies": [{"name": "RulePolicy"}],
        }  # fmt: skip
        files: dict[str, Any] = {
            "config.yml": config,
            "domain.yml": {"version": "3.1", "intents": intents, "responses": responses},
            "data/rules.yml": {"version": "3.1", "rules": rules},
            "credentials.yml": {"rest": None},
        }
        for name, content in files.items():
            (self._folder / name).write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")

    def _rasa(self, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [str(RASA), "-m", "rasa", *arguments], cwd=self._folder, env=self._environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def __enter__(self) -> PlainRasa:
        self._process = self._rasa("run", "--port", str(self._port), "--interface", "127.0.0.1", "-m", "models")
        until = time.monotonic() + 240
        while time.monotonic() < until:
            try:
                if self._http.get("/").status_code == 200:
                    self.conversation()("chào")
                    return self
            except httpx.TransportError:
                time.sleep(0.5)
        raise RuntimeError("plain Rasa did not come up")

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._http.close()
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)

    def conversation(self) -> Callable[[str], object]:
        """A function that says a text in a new conversation."""
        sender = uuid.uuid4().hex

        def say(text: str) -> object:
            reply = self._http.post("/webhooks/rest/webhook", json={"sender": sender, "message": text})
            reply.raise_for_status()
            return reply.json()

        return say


def _intents() -> set[str]:
    found = set()
    for file in (ROOT / "nlu_data" / "nlu").glob("*.yml"):
        loaded = yaml.safe_load(file.read_text(encoding="utf-8"))
        found |= {block["intent"] for block in loaded.get("nlu", ()) if "intent" in block}
    return found
