"""Sends what any part of the service logs, by structlog or by the standard library, into one log."""

from __future__ import annotations

import logging
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import structlog

from linkedaccounts.endpoints.call_log import Log


@contextmanager
def logging_to(log: Log) -> Iterator[Log]:
    """While it lasts, what structlog and libraries log ends up in ``log``; at its end all of it is written."""
    structlog.configure(
        processors=[structlog.processors.add_log_level, _Handover(log)],
        wrapper_class=structlog.make_filtering_bound_logger(log.level),
        cache_logger_on_first_use=False,
    )
    library, root = _Library(log), logging.getLogger()
    root.addHandler(library)
    log.start()
    try:
        yield log
    finally:
        log.stop()
        structlog.reset_defaults()
        root.removeHandler(library)


class _Handover:
    """The last processor: the event goes to the log's thread."""

    def __init__(self, log: Log) -> None:
        self._log = log

    def __call__(self, logger: Any, method: str, event: MutableMapping[str, Any]) -> Any:
        self._log.event(event)
        raise structlog.DropEvent


class _Library(logging.Handler):
    """Takes warnings and worse of the standard library's logging."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Hands the record over with its traceback."""
        fields = {"event": "library", "level": record.levelname.lower(), "logger": record.name}
        self._log.event({**fields, "message": record.getMessage(), "exc_info": record.exc_info})
