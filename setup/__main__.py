"""``python -m setup COMMAND``: what the Makefile calls before there is an environment."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from setup.database import ensure_database
from setup.environments import GATEWAY, RASA, ensure
from setup.models import ensure_dialogue, ensure_encoder, ensure_vectors
from setup.places import ROOT, setting
from setup.problems import SetupError, need_port
from setup.progress import side_by_side
from setup.speech import ensure_speech
from setup.system_packages import ensure_packages

PORTS = {"PORT": "8000", "RASA_PORT": "5005", "ACTIONS_PORT": "5055"}


def environments() -> None:
    """Both Python environments."""
    ensure(GATEWAY, RASA)


def encoder() -> None:
    """Environments, encoder, and the place for its vectors."""
    environments()
    ensure_encoder()
    ensure_vectors()


def models() -> None:
    """Everything that is built: environments, encoder and trained Rasa."""
    encoder()
    ensure_dialogue()


def speech_model() -> None:
    """The optional model for recognition of speech."""
    environments()
    ensure_speech()


def serve() -> None:
    """Everything, then run until Ctrl-C."""
    for name, default in PORTS.items():
        need_port(name, int(setting(name, default)), "" if name == "PORT" else "127.0.0.1")
    encoder()
    os.umask(0o077)
    side_by_side(ensure_database, ensure_dialogue)
    sys.stdout.flush()
    python = str(GATEWAY.folder / "bin" / "python")
    os.chdir(ROOT)
    os.execv(python, [python, "serve.py"])  # noqa: S606 - the supervisor takes this process over


def tests() -> None:
    """What `make test` needs."""
    ensure_packages()
    models()


def doctor() -> None:
    """Say what is wrong, in the gateway's environment when it is there."""
    python = str(GATEWAY.folder / "bin" / "python") if GATEWAY.ready else sys.executable
    os.chdir(ROOT)
    os.execv(python, [python, "-m", "setup.doctor"])  # noqa: S606


COMMANDS: dict[str, Callable[[], None]] = {
    "serve": serve,
    "tests": tests,
    "environments": environments,
    "models": models,
    "speech": speech_model,
    "doctor": doctor,
}


def main(arguments: list[str]) -> int:
    """Run one command. Returns the exit code."""
    command = COMMANDS.get(arguments[0]) if len(arguments) == 1 else None
    if command is None:
        print(f"usage: python -m setup {'|'.join(COMMANDS)}", file=sys.stderr)
        return 2
    try:
        command()
    except SetupError as problem:
        print(f"\n✗ {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped; what is complete is kept.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
