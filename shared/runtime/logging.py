"""Logs as JSON lines. Only known keys pass: what is not on the list is dropped, not masked."""

import logging
import sys
from typing import Final

import structlog
from structlog.typing import EventDict, WrappedLogger

ALLOWED_KEYS: Final = frozenset(
    {
        "event", "level", "timestamp", "logger", "service",
        "event_id", "event_type", "producer", "stream_sequence", "client_sequence",
        "aggregate_type", "aggregate_id", "aggregate_version", "course_id", "correlation_id",
        "outcome", "reason", "attempts", "count", "seconds", "position", "epoch",
        "kind", "question", "gate", "allowed", "slugs", "action", "role",
        "method", "route", "status", "port", "host", "server", "error", "stage",
    }
)  # fmt: skip
"""Keys that carry ids, enums, counts and times. A name, an amount or free text has no key here."""


def allow_listed(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Drop every key that is not known to be free of personal data."""
    return {key: value for key, value in event.items() if key in ALLOWED_KEYS}


def error_class(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Keep an exception's class and drop its text, which may echo what a person typed."""
    raised = event.pop("exc_info", None)
    if raised is True:
        raised = sys.exc_info()[1]
    if isinstance(raised, BaseException):
        event["error"] = type(raised).__name__
    return event


def configure_logging(service: str, level: str) -> None:
    """Send structlog's lines to standard output; silence what libraries would say of payloads."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            error_class,
            allow_listed,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
    logging.basicConfig(level=logging.CRITICAL, handlers=[logging.NullHandler()], force=True)
