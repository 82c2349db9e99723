"""Rasa's command line with four of its costs removed: ``python -m bot.components.launch run …`` is ``rasa run …``.

* The result of each action is checked by one validator, built once instead of for every call (two thirds of the time
  of a call).
* skops is imported before TensorFlow; imported after it, it searches every loaded module for seconds.
* Trackers hold no vectors, and an action is sent the recent events only (`lighter_calls`).
* SQLite trackers are written ahead and not flushed to the disk at each event: a killed process loses nothing.

RASA_TOKEN becomes ``--auth-token``, so that the token does not stand in the list of processes.
"""

from __future__ import annotations

import importlib
import os
import sys
import warnings
from functools import lru_cache
from typing import Any

from bot.components.lighter_calls import lighten


def check_action_results_with_one_validator() -> None:
    """Replace `RemoteAction._validate_action_result`; what it accepts, returns and raises stays the same."""
    from jsonschema.exceptions import best_match
    from jsonschema.validators import validator_for
    from rasa.core.actions.action import RemoteAction

    @lru_cache(maxsize=1)
    def validator() -> Any:
        schema = RemoteAction.action_response_format_spec()
        kind = validator_for(schema)
        kind.check_schema(schema)
        return kind(schema)

    def validate(_action: RemoteAction, result: dict[str, Any]) -> bool:
        error = best_match(validator().iter_errors(result))
        if error is not None:
            raise error
        return True

    RemoteAction._validate_action_result = validate


def write_trackers_ahead() -> None:
    """Set SQLite's journal for every connection that Rasa's tracker store opens."""
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    @event.listens_for(Engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        if type(connection).__module__.startswith("sqlite3"):
            for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=10000"):
                connection.execute(f"PRAGMA {pragma}")


def main() -> None:
    """Run Rasa's command line with our arguments."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    if "run" in sys.argv and (token := os.environ.pop("RASA_TOKEN", None)):
        sys.argv += ["--auth-token", token]
    sys.path.insert(0, os.getcwd())  # noqa: PTH109 - Rasa loads our components by module path
    importlib.import_module("skops.io")
    importlib.import_module("sanic.app")
    # Sanic asks for every deprecation warning, and matplotlib has some; Rasa turns on those of its own again.
    warnings.simplefilter("ignore")
    importlib.import_module("matplotlib")
    rasa = importlib.import_module("rasa.__main__")
    check_action_results_with_one_validator()
    lighten()
    write_trackers_ahead()
    rasa.main()


if __name__ == "__main__":
    main()
