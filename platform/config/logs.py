"""Log lines: one JSON object each (plain text in a terminal), labelled with the tenant.

Lines carry ids, never names, addresses or e-mails: what is bound to the context here is the
tenant, a request id and a user id.
"""

import logging
import os
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_EMAIL = re.compile(r"[^\s@\"'<>]+@[^\s@\"'<>]+\.[^\s@\"'<>]+")
_URL_SECRET = re.compile(r"(/(?:verify|reset|invitation)/)[^/\s\"']+")


class RouteForPath(logging.Filter):
    """Django's lines about a request name its route: its path may hold a one-time secret."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = record.__dict__.pop("request", None)
        path = getattr(request, "path", "")
        if path:
            match = getattr(request, "resolver_match", None)
            route = match.route if match else "unknown route"
            written = (path, path.encode("unicode_escape").decode("ascii"))
            if isinstance(record.args, tuple):
                record.args = tuple(route if arg in written else arg for arg in record.args)
        return True


def hide_personal_data(
    _logger: Any, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Blank e-mail addresses and one-time links that reach a log line by accident."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = _URL_SECRET.sub(r"\1***", _EMAIL.sub("***", value))
    return event


_SHARED = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    hide_personal_data,
]
_RENDERER = (
    structlog.dev.ConsoleRenderer(colors=True)
    if sys.stderr.isatty()
    else structlog.processors.JSONRenderer()
)

structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        hide_personal_data,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, _RENDERER],
            "foreign_pre_chain": _SHARED,
        }
    },
    "filters": {"route": {"()": RouteForPath}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "lines", "filters": ["route"]}
    },
    "root": {"handlers": ["stderr"], "level": os.environ.get("MARQUE_LOG_LEVEL", "INFO")},
    "loggers": {
        "django.server": {"handlers": ["stderr"], "propagate": False},
        # What went wrong with a request; the rest stands in the line of the request itself.
        "django.request": {"level": "ERROR"},
        "httpx": {"level": "WARNING"},
        # Two lines for every task that went well; a failed one is an error line.
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        # Lines about WebSockets come at INFO, with the visitor's address and the query.
        "uvicorn.access": {"level": "WARNING"},
        "uvicorn.error": {"level": "WARNING"},
    },
}
