"""Structured logs, one JSON object a line, with every personal value replaced before it is written."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

from bot.privacy import redact

_OURS = frozenset(("timestamp", "level", "logger"))
_DEEPEST = 6


def configure_logs(level: str) -> None:
    """Send our log lines, and those of the libraries, to standard error. level: e.g. ``INFO``."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _redact,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(ensure_ascii=False)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            foreign_pre_chain=shared,
        )
    )
    logging.basicConfig(handlers=[handler], level=max(logging.getLevelName(level), logging.WARNING), force=True)


def _redact(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    return {key: value if key in _OURS or key.startswith("_") else _clean(value) for key, value in event.items()}


def _clean(value: Any, depth: int = 0) -> Any:
    """`value` with personal values replaced, whatever it is made of; what cannot be looked into becomes its text."""
    if value is None or isinstance(value, bool | float) or (isinstance(value, int) and abs(value) < 10**8):
        return value
    if isinstance(value, bytes):
        return redact(value.decode("utf-8", "replace"))
    if isinstance(value, dict) and depth < _DEEPEST:
        return {redact(str(key)): _clean(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset) and depth < _DEEPEST:
        return [_clean(item, depth + 1) for item in value]
    return redact(str(value))
