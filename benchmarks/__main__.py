"""``python -m benchmarks [NAME]``: run every benchmark, or one, print its figures and keep them in ``results/``."""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import benchmarks

RESULTS = Path(__file__).with_name("results")
ON_REQUEST = ("foreign_nlu", "soak", "kill", "fuzz", "portal_import", "portal_scan", "publishing")
PARTS = ("plain_rasa", "citizens")


def names() -> list[str]:
    """The benchmarks there are, by name."""
    modules = (module.name for module in pkgutil.iter_modules(benchmarks.__path__))
    return [name for name in modules if not name.startswith("_") and name not in PARTS]


def table(figures: dict[str, Any], indent: str = "") -> str:
    """Figures as aligned lines; nested ones indented under their name."""
    lines = []
    for name, value in figures.items():
        if isinstance(value, dict):
            lines += [f"{indent}{name}", table(value, indent + "  ")]
        else:
            lines.append(f"{indent}{name:<{44 - len(indent)}} {value}")
    return "\n".join(lines)


def keep(name: str, figures: dict[str, Any]) -> None:
    """Write the figures with the day and the machine they were measured on."""
    RESULTS.mkdir(exist_ok=True)
    machine = {"cpus": len(os.sched_getaffinity(0)), "python": platform.python_version()}
    kept = {"benchmark": name, "measured": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine}
    text = json.dumps(kept | {"figures": figures}, indent=2, ensure_ascii=False)
    (RESULTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Run what was asked for. Returns the exit code."""
    chosen = arguments or [name for name in names() if name not in ON_REQUEST]
    unknown = set(chosen) - set(names())
    if unknown:
        print(f"no benchmark {', '.join(sorted(unknown))}; there are: {', '.join(names())}", file=sys.stderr)
        return 2
    for name in chosen:
        print(f"\n== {name}", flush=True)
        figures = importlib.import_module(f"benchmarks.{name}").run()
        keep(name, figures)
        print(table(figures), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
