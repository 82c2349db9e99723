"""Rasa's command line with some of its costs removed: ``python -m bot.components.launch run …`` is ``rasa run …``.

* skops is imported before TensorFlow; imported after it, it searches every loaded module for seconds.
* Trackers hold no vectors, and an action is sent the recent events only (`lighter_calls`).
* Rules are looked up, connections kept, results checked by one validator, graphs planned once (`faster_steps`).

RASA_TOKEN becomes ``--auth-token``, so that the token does not stand in the list of processes.
"""

from __future__ import annotations

import importlib
import os
import sys
import warnings

from bot.components.faster_steps import hasten
from bot.components.lighter_calls import lighten


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
    lighten()
    hasten()
    rasa.main()


if __name__ == "__main__":
    main()
