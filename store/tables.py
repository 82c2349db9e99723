"""Every table there is."""

from __future__ import annotations

import importlib
import pkgutil

from sqlalchemy import MetaData

import store
from store.base import Base


def all_tables() -> MetaData:
    """The metadata of every table, whichever module of this package declares it."""
    for module in pkgutil.iter_modules(store.__path__):
        if module.name not in ("__main__", "migrations"):
            importlib.import_module(f"store.{module.name}")
    return Base.metadata
