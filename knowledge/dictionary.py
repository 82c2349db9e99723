"""The words of a general Vietnamese dictionary, as underthesea ships it (Viet74K, in an Apache-2.0 package)."""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from knowledge.text import unify

_FILE = Path("corpus/data/Viet74K.txt")


@lru_cache(maxsize=1)
def dictionary() -> tuple[str, ...]:
    """Words and compounds in lower case; FileNotFoundError when underthesea is not installed."""
    package = find_spec("underthesea")
    folders = package.submodule_search_locations if package else None
    if not folders:
        raise FileNotFoundError("underthesea is not installed: the restorer learns its words from that package")
    lines = (Path(folders[0]) / _FILE).read_text(encoding="utf-8").splitlines()
    return tuple(dict.fromkeys(unify(line.lower()) for line in lines if line.strip()))
