"""``python -m knowledge.publishing``: a publication in a process of its own, asked for by a running gateway.

The process takes its memory with it, uses every processor, and gives way to the citizens who are being answered.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from knowledge.crew import processors
from knowledge.encoder import load_encoder
from knowledge.gate import Broken
from knowledge.publish import Change, Press, PublicationRefusedError, Published, publish
from knowledge.vector_cache import VectorCache
from store.engine import Database
from store.locks import only_one

POLITE = 10
"""By how much the process is nicer than the gateway."""
_ROOT = Path(__file__).parents[1]


class PublicationFailedError(RuntimeError):
    """The process ended without a result; the old snapshot serves on."""


def publish_apart(
    press: Press,
    by: str,
    *,
    gate: bool = True,
    learn: bool = False,
    at: datetime | None = None,
    revisions: Sequence[int] = (),
    removed: Sequence[str] = (),
) -> Published:
    """`publish` in another process. revisions, removed: as `Change` has them.

    Raises what `publish` raises, and PublicationFailedError.
    """
    request = {
        "database": press.database.engine.url.render_as_string(hide_password=False),
        "folder": str(press.folder),
        "vectors": str(press.cache.path),
        "encoder": press.cache.encoder.model,
        "publication": {
            "by": by,
            "gate": gate,
            "learn": learn,
            "at": at and at.isoformat(),
            "revisions": list(revisions),
            "removed": list(removed),
        },
    }
    done = subprocess.run(
        [sys.executable, "-m", "knowledge.publishing"], input=json.dumps(request), stdout=subprocess.PIPE, text=True,
        cwd=_ROOT, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise PublicationFailedError(f"the publication ended with {done.returncode}")
    answer = json.loads(done.stdout)
    if "broken" in answer:
        raise PublicationRefusedError([Broken(**broken) for broken in answer["broken"]])
    if "overtaken" in answer:
        raise LookupError(answer["overtaken"])
    return Published(**answer["published"])


def main() -> None:
    """Read a request from standard input, publish, and write what came of it to standard output."""
    os.nice(POLITE)
    request = json.load(sys.stdin)
    database = Database(request["database"])
    cache = VectorCache(load_encoder(request["encoder"]), Path(request["vectors"]))
    press = Press(database, Path(request["folder"]), cache, processors())
    try:
        with only_one(database, "publication"):
            answer = _answer(press, request["publication"])
    finally:
        database.close()
    json.dump(answer, sys.stdout)


def _answer(press: Press, wanted: dict[str, Any]) -> dict[str, Any]:
    at = wanted["at"] and datetime.fromisoformat(wanted["at"])
    try:
        done = publish(
            press, wanted["by"], gate=wanted["gate"], learn=wanted["learn"], at=at,
            change=Change(wanted["revisions"], wanted["removed"]),
        )  # fmt: skip
    except PublicationRefusedError as refused:
        return {"broken": [asdict(broken) for broken in refused.broken]}
    except LookupError as overtaken:
        return {"overtaken": str(overtaken)}
    return {"published": asdict(done)}


if __name__ == "__main__":
    main()
