"""Structured logs, one JSON object a line, with every personal value replaced before it is written."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

from bot.privacy import redact


def _redact(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    return {
        key: redact(value) if isinstance(value, str) and key != "timestamp" else value for key, value in event.items()
    }


def configure_logs(level: str) -> None:
    """Send our log lines, and those of the libraries, to standard output. level: e.g. ``INFO``."""
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
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
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
