"""Trains the dialogue again, measures it against the one in use, and keeps it only if it is better.

``python -m console.training`` does the training that waits, in a process of its own, and ends.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import structlog
import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from console.learning import in_work
from knowledge.text_file import read_yaml
from settings import ROOT, get_settings
from store.base import now
from store.engine import Database
from store.unanswered import NluExampleRow, TrainingRow

log = structlog.get_logger()
SHIPPED = ROOT / "models" / "dialogue.tar.gz"
HELD_OUT = ROOT / "tests" / "unit" / "rasa" / "held_out.yml"
PYTHON = ROOT / ".venv-rasa" / "bin" / "python"
HEARTBEAT_SECONDS = 20.0
URGENT = ("emergency_", "domestic_violence", "self_harm", "scam")
_QUIET = {
    "OMP_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONWARNINGS": "ignore", "CUDA_VISIBLE_DEVICES": "-1",
    "RASA_TELEMETRY_ENABLED": "false", "RASA_MAX_CACHE_SIZE": "0", "LOG_LEVEL": "ERROR",
    "TF_INTRA_OP_PARALLELISM_THREADS": "1", "TF_INTER_OP_PARALLELISM_THREADS": "1",
}  # fmt: skip
Case = tuple[str, str]


class TrainingFailedError(Exception):
    """A process of the training failed; the text is the end of what it said."""


@dataclass(frozen=True, slots=True)
class Cases:
    """Messages with their intents: of the held-out file, kept apart from citizens' ones, and learned ones."""

    held_out: tuple[Case, ...]
    apart: tuple[Case, ...]
    learned: tuple[Case, ...]

    @property
    def all(self) -> tuple[Case, ...]:
        """All of them, in that order."""
        return self.held_out + self.apart + self.learned


@lru_cache(maxsize=4)
def key_of(model: Path) -> str:
    """What names a trained model: the beginning of the SHA-256 of its archive."""
    return hashlib.sha256(model.read_bytes()).hexdigest()[:32]


def run_waiting(database: Database, var: Path) -> TrainingRow | None:
    """Do the training that waits, which takes minutes; None when none does or another process has it."""
    with database.write() as session:
        row = in_work(session)
        if row is None or row.state != "waiting":
            return None
        row.state, row.heartbeat = "running", now()
        cases, latest = _cases(session), model_in_use(session, row.base)
        old = latest.model if latest and latest.model else SHIPPED.read_bytes()
    folder = var / "training" / str(row.id)
    try:
        _train(database, row.id, folder, cases, old)
    except (TrainingFailedError, OSError) as error:
        log.warning("training failed", training=row.id, error=str(error)[-300:])
        with database.write() as session:
            failed = session.get_one(TrainingRow, row.id)
            failed.state, failed.error, failed.finished_at = "failed", str(error)[-2000:], now()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    with database.read() as session:
        return session.get_one(TrainingRow, row.id)


def model_in_use(session: Session, base: str) -> TrainingRow | None:
    """The newest training that was better, of the model that is shipped now; None while the shipped one is in use."""
    query = select(TrainingRow).filter_by(state="better", base=base).order_by(TrainingRow.id.desc())
    return session.scalars(query.limit(1)).first()


def measured(cases: Cases, got: Sequence[str]) -> dict[str, Any]:
    """Figures of a model. got: the intents it found, one for each of `cases.all`."""
    hits = [intent == found for (_, intent), found in zip(cases.all, got, strict=True)]
    ends = (len(cases.held_out), len(cases.held_out) + len(cases.apart))
    parts = {"held_out": hits[: ends[0]], "apart": hits[ends[0] : ends[1]], "learned": hits[ends[1] :]}
    missed = [
        text
        for (text, intent), found in zip(cases.held_out, got, strict=False)
        if _urgent(intent) and not _urgent(found)
    ]
    return {name: [sum(part), len(part)] for name, part in parts.items()} | {"dangers_missed": len(missed)}


def is_better(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Whether a model is right on more of the messages that no training sees, worse on no part of them, and misses no
    further danger. What it was taught proves nothing, nor does a measure without any message kept apart.
    """
    untaught = ("held_out", "apart")
    nowhere_worse = all(after[part][0] >= before[part][0] for part in untaught)
    more = sum(after[part][0] for part in untaught) > sum(before[part][0] for part in untaught)
    return bool(after["apart"][1] and nowhere_worse and more and after["dangers_missed"] <= before["dangers_missed"])


def _train(database: Database, id_: int, folder: Path, cases: Cases, model: bytes) -> None:
    """model: the archive of the one in use."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "lessons.yml").write_text(_nlu_file(cases.learned), encoding="utf-8")
    old = folder / "old.tar.gz"
    old.write_bytes(model)
    command = ["-m", "bot.components.launch", "train", "--data", "nlu_data", str(folder / "lessons.yml")]
    command += ["--out", str(folder), "--fixed-model-name", "new", "--force"]

    def alive() -> None:
        with database.write() as session:
            session.get_one(TrainingRow, id_).heartbeat = now()

    _run(command, "", alive)
    texts = json.dumps([text for text, _ in cases.all])
    before, after = (
        measured(cases, json.loads(_run(["-m", "console.parse_messages", str(model)], texts, alive).splitlines()[-1]))
        for model in (old, folder / "new.tar.gz")
    )
    with database.write() as session:
        _finish(session, session.get_one(TrainingRow, id_), before, after, (folder / "new.tar.gz").read_bytes())


def _finish(session: Session, row: TrainingRow, before: dict[str, Any], after: dict[str, Any], model: bytes) -> None:
    row.before, row.after, row.finished_at = before, after, now()
    row.examples = after["learned"][1]
    row.state = "better" if is_better(before, after) else "no_better"
    if row.state == "better":
        row.model = model
        for lesson in session.scalars(_accepted().where(NluExampleRow.training.is_(None))):
            lesson.training = row.id


def _run(arguments: list[str], given: str, alive: Callable[[], None]) -> str:
    """What a process in Rasa's environment printed; it is nice to everything else on the machine."""
    command = ["nice", "-n", "19", str(PYTHON), "-W", "ignore", *arguments]
    with subprocess.Popen(
        command, cwd=ROOT, env=os.environ | _QUIET, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        pending: str | None = given
        while True:
            try:
                said, complained = process.communicate(pending, timeout=HEARTBEAT_SECONDS)
                break
            except subprocess.TimeoutExpired:
                pending = None
                alive()
    if process.returncode:
        raise TrainingFailedError(complained or said)
    return said


def _cases(session: Session) -> Cases:
    lessons = list(session.scalars(_accepted().order_by(NluExampleRow.id)))
    return Cases(
        held_out(),
        tuple((row.text, row.intent) for row in lessons if row.kept_apart),
        tuple((row.text, row.intent) for row in lessons if not row.kept_apart),
    )


def _accepted() -> Any:
    return select(NluExampleRow).filter_by(state="accepted")


def held_out() -> tuple[Case, ...]:
    """The messages that no training sees, which the tests of the shipped model use too."""
    items = read_yaml(HELD_OUT)["nlu"]
    return tuple((line.removeprefix("- "), item["intent"]) for item in items for line in item["examples"].splitlines())


def _nlu_file(lessons: Sequence[Case]) -> str:
    """Lessons in Rasa's format."""
    by_intent: dict[str, list[str]] = {}
    for text, intent in lessons:
        by_intent.setdefault(intent, []).append(text)
    items = [
        {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)} for intent, texts in by_intent.items()
    ]
    return yaml.safe_dump({"version": "3.1", "nlu": items}, allow_unicode=True, sort_keys=False)


def _urgent(intent: str) -> bool:
    return intent.startswith(URGENT)


def main() -> None:
    """Do the training that waits in the store of the settings."""
    settings = get_settings()
    database = Database(settings.database)
    done = run_waiting(database, settings.var)
    database.close()
    if done is not None:
        print(f"{done.id}: {done.state} {done.before} {done.after}")


if __name__ == "__main__":
    main()
