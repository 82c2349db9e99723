"""The baseline: `rasa run` with its own components on our examples.

Either on our domain, rules and forms too, with an action server that says a fixed sentence for every action and
trackers in SQLite; or with one fixed response for every intent and nothing kept, which is the least that Rasa can do.
"""

from __future__ import annotations

import os
import shutil
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
_ACTIONS = '''"""Every action of the domain, each with a fixed sentence."""
import yaml
from rasa_sdk import Action, FormValidationAction


def _saying(action):
    def run(self, dispatcher, tracker, domain):
        dispatcher.utter_message(text="Dạ, đây là câu trả lời có sẵn.")
        return []

    return type(action, (Action,), {"name": lambda self: action, "run": run})


def _validating(action):
    return type(action, (FormValidationAction,), {"name": lambda self: action})


with open("domain.yml", encoding="utf-8") as file:
    for declared in yaml.safe_load(file)["actions"]:
        called = declared if isinstance(declared, str) else next(iter(declared))
        globals()[called] = _validating(called) if called.startswith("validate_") else _saying(called)
'''


class PlainRasa:
    """A trained and running plain Rasa in `folder`.

    classifier: ``lr`` or ``diet`` (one epoch, for latency only); dialogue: with our domain, rules and forms and an
    action server, otherwise with a fixed response for every intent.
    """

    def __init__(self, folder: Path, classifier: str, *, dialogue: bool) -> None:
        self._folder, self._dialogue, self._port, self._actions = folder, dialogue, free_port(), free_port()
        self._environment = os.environ | {
            "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "2", "PYTHONWARNINGS": "ignore",
            "LOG_LEVEL": "ERROR", "SANIC_WORKERS": "1", "CUDA_VISIBLE_DEVICES": "-1",
        }  # fmt: skip
        self._write(classifier)
        if self._rasa("train", "--data", "data", "--out", "models").wait():
            raise RuntimeError("plain Rasa could not be trained")
        self._processes: list[subprocess.Popen[bytes]] = []
        self._http = httpx.Client(base_url=f"http://127.0.0.1:{self._port}", timeout=30, trust_env=False)

    def _write(self, classifier: str) -> None:
        shutil.copytree(ROOT / "nlu_data" / "nlu", self._folder / "data" / "nlu")
        config = {
            "recipe": "default.v1", "language": "vi", "assistant_id": "plain",
            "pipeline": _FEATURES + _CLASSIFIER[classifier], "policies": [{"name": "RulePolicy"}],
        }  # fmt: skip
        files: dict[str, Any] = {"config.yml": config, "credentials.yml": {"rest": None}}
        if self._dialogue:
            shutil.copytree(ROOT / "nlu_data" / "rules", self._folder / "data" / "rules")
            shutil.copy(ROOT / "domain.yml", self._folder)
            (self._folder / "actions.py").write_text(_ACTIONS, encoding="utf-8")
            files["endpoints.yml"] = {
                "action_endpoint": {"url": f"http://127.0.0.1:{self._actions}/webhook"},
                "tracker_store": {"type": "SQL", "dialect": "sqlite", "db": "trackers.db"},
            }
        else:
            intents = sorted({intent.split("/")[0] for intent in _intents()})
            rules = [{"rule": i, "steps": [{"intent": i}, {"action": f"utter_{i}"}]} for i in intents]
            responses = {f"utter_{i}": [{"text": "Dạ, đây là câu trả lời có sẵn."}] for i in intents}
            files["data/rules.yml"] = {"version": "3.1", "rules": rules}
            files["domain.yml"] = {"version": "3.1", "intents": intents, "responses": responses}
        for name, content in files.items():
            (self._folder / name).write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")

    def _rasa(self, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [str(RASA), "-m", "rasa", *arguments], cwd=self._folder, env=self._environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def __enter__(self) -> PlainRasa:
        if self._dialogue:
            self._processes.append(self._rasa("run", "actions", "--port", str(self._actions)))
        run = ("run", "--port", str(self._port), "--interface", "127.0.0.1", "-m", "models")
        self._processes.append(self._rasa(*run))
        until = time.monotonic() + 240
        while time.monotonic() < until:
            try:
                if self._http.get("/").status_code == 200:
                    self.conversation()("chào")
                    return self
            except httpx.TransportError:
                time.sleep(0.5)
        self._stop()
        raise RuntimeError("plain Rasa did not come up")

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._http.close()
        self._stop()

    def _stop(self) -> None:
        for process in self._processes:
            process.terminate()
            process.wait(30)

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
