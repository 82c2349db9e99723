"""``make doctor``: looks at everything Motcua needs and says in plain words what is wrong and what to do.

Runs in the gateway's environment when there is one; what needs it is imported late, so it runs without as well.
"""

from __future__ import annotations

import json
import shutil
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from setup.environments import GATEWAY, RASA, Environment
from setup.models import dialogue, encoder
from setup.places import ROOT, cache, var
from setup.problems import GIB, SetupError, need_disk, need_port

if TYPE_CHECKING:
    from settings import Settings

TIMEOUT_SECONDS = 3.0
_LOW_DISK_GIB = 2.0


def environment_complete(environment: Environment) -> str:
    """The environment is built and the clone's link leads to it."""
    if not environment.ready:
        raise SetupError(f"{environment.link} is missing or incomplete: run `make serve`")
    if (ROOT / environment.link).resolve() != environment.folder.resolve():
        raise SetupError(f"{environment.link} does not belong to the committed locks: run `make serve`")
    return f"{environment.link} is complete"


def model_current(name: str, built: Path) -> str:
    """The model is built from today's inputs."""
    if not built.exists():
        raise SetupError(f"models/{name} is missing or older than its inputs: run `make train`")
    return f"models/{name} is up to date"


def disk_roomy() -> str:
    """There is room for logs and a growing database."""
    need_disk(var(), _LOW_DISK_GIB, "Running Motcua")
    return f"{shutil.disk_usage(ROOT).free / GIB:.0f} GB of disk are free; shared cache: {cache()}"


def speech_recognised(folder: Path | None) -> str:
    """There is a speech model, or it is known what callers do without."""
    if folder is None:
        return "speech recognition has no model, so callers on our media stream use keys; `make speech` fetches one"
    if not (folder / "model.bin").is_file():
        raise SetupError(f"SPEECH_MODEL: {folder} holds no faster-whisper model (model.bin)")
    return f"speech recognition uses {folder}"


def key_shared(settings: Settings) -> str:
    """There is a key, and replicas would not each make one."""
    from settings import MissingKeyError

    try:
        settings.key()
    except MissingKeyError as error:
        raise SetupError(str(error)) from None
    return "the secret key is in place"


def gateway_answers(port: int) -> str:
    """The gateway is ready, or its port is free for it."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=TIMEOUT_SECONDS):
            return f"the gateway on port {port} is ready"
    except urllib.error.HTTPError as error:
        raise SetupError(f"the gateway on port {port} is not ready: {_reasons(error)}") from None
    except OSError:
        need_port("PORT", port, "")
        return f"the gateway is not running (`make serve` starts it); port {port} is free"


def rasa_answers(port: int, gateway_port: int) -> str:
    """Rasa answers; or nothing runs, and its port is free for it."""
    if _open(f"http://127.0.0.1:{port}/"):
        return f"Rasa on port {port} answers"
    need_port("RASA_PORT", port)
    if _open(f"http://127.0.0.1:{gateway_port}/healthz"):
        raise SetupError(f"Rasa is down or still loading: wait a minute; if it stays so, read {var()}/log/rasa.log")
    return f"Rasa is not running; port {port} is free"


def database_reachable(url: str) -> str:
    """The database takes a connection."""
    from sqlalchemy import create_engine, make_url, text
    from sqlalchemy.exc import SQLAlchemyError

    shown = make_url(url).render_as_string(hide_password=True)
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        reason = str(error).splitlines()[0]
        raise SetupError(
            f"the database {shown} cannot be reached: check DATABASE_URL and that it runs ({reason})"
        ) from None
    finally:
        engine.dispose()
    return f"the database {shown} answers"


def redis_reachable(url: str) -> str:
    """Redis takes a command."""
    from redis import Redis, RedisError

    try:
        with Redis.from_url(url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS) as redis:
            redis.ping()
    except RedisError as error:
        raise SetupError(f"Redis cannot be reached: check REDIS_URL and that it runs ({error})") from None
    return "Redis answers"


def checks() -> Iterator[Callable[[], str]]:
    """All checks; those of the running system only where the settings can be read."""
    yield lambda: environment_complete(GATEWAY)
    yield lambda: environment_complete(RASA)
    yield lambda: model_current("encoder", encoder())
    yield lambda: model_current("dialogue.tar.gz", dialogue())
    yield disk_roomy
    if not GATEWAY.ready:
        return
    from settings import get_settings

    settings = get_settings()
    yield lambda: key_shared(settings)
    yield lambda: speech_recognised(settings.speech_folder)
    yield lambda: gateway_answers(settings.port)
    yield lambda: rasa_answers(settings.rasa_port, settings.port)
    if settings.database_url or (settings.var / "motcua.db").exists():
        yield lambda: database_reachable(settings.database)
    if redis_url := settings.redis_url:
        yield lambda: redis_reachable(redis_url)


def _open(url: str) -> bool:
    """Whether a loopback address answers with success."""
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS):  # noqa: S310
            return True
    except OSError:
        return False


def _reasons(error: urllib.error.HTTPError) -> str:
    """What `/readyz` says is missing."""
    try:
        return json.dumps(json.load(error), ensure_ascii=False)
    except ValueError:
        return f"HTTP {error.code}"


def main() -> int:
    """Print one line for each check. Returns 1 when something is wrong."""
    healthy = True
    for check in checks():
        try:
            print(f"✓ {check()}")
        except SetupError as problem:
            healthy = False
            print(f"✗ {problem}")
    return 0 if healthy else 1


if __name__ == "__main__":
    sys.exit(main())
