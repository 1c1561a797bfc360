"""Structured logs: one JSON object a line on standard error, from us and from every library alike."""

import logging
import re
import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, ProcessorReturnValue, WrappedLogger

from core.telemetry.traces import trace_ids

Log = structlog.get_logger("weft")
# Libraries that tell of every request or job what we tell ourselves, with ids.
QUIET = ("uvicorn.access", "arq.worker", "httpx", "httpcore")
FRAMES = 30  # of a traceback: the end tells most

# What must not be read by whoever reads logs, wherever it turns up in a line: in a message of a library, in a traceback, in an address.
_SECRETS = re.compile(
    r"""(?P<kept>
        ://[^:/@\s"]*:                                                                  # the password of an address
      | \b[Bb]earer\s+
      | (?:\b|_)(?:password|passwd|passphrase|secret|secret_key|token|api_key|authorization|cookie|set-cookie|session)
        (?:\\?["'])?\s*[=:]\s*(?:\\?["'])?(?:(?:bearer|basic)\s+)?(?!\s)
    )(?P<secret>[^\s"'\\&,;)}@]+)""",
    re.VERBOSE | re.IGNORECASE,
)


def start_logs(level: str, *, json: bool, service: str = "weft") -> None:
    """Log to standard error, one event a line: as JSON, or for a person at a terminal.

    A line carries `service` and, where they are known, `tenant`, `person`, `request_id`, `job_id` and `trace_id`.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        trace_ids,
    ]
    renderer: Processor = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    if json:  # without local variables: passwords and tokens are among them
        shared += [
            _naming(service),
            structlog.processors.ExceptionRenderer(
                structlog.tracebacks.ExceptionDictTransformer(show_locals=False, max_frames=FRAMES),
            ),
        ]
        renderer = structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping().get(level, logging.INFO)),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _redacted(renderer)]
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    logging.captureWarnings(True)
    sys.excepthook, threading.excepthook = _last_words, _last_words_of_thread


def without_secrets(line: str) -> str:
    """Return a line with dots in place of passwords, tokens and cookies."""
    return _SECRETS.sub(r"\g<kept>…", line)


def _redacted(renderer: Processor) -> Callable[[WrappedLogger, str, EventDict], ProcessorReturnValue]:
    def render(logger: WrappedLogger, name: str, event: EventDict) -> ProcessorReturnValue:
        return without_secrets(str(renderer(logger, name, event)))

    return render


def _naming(service: str) -> Processor:
    def name_it(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        event["service"] = service
        return event

    return name_it


def _last_words(kind: type[BaseException], wrong: BaseException, traceback: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, wrong, traceback)
        return
    Log.critical("this process ends on an error that nobody foresaw", exc_info=(kind, wrong, traceback))


def _last_words_of_thread(args: Any) -> None:
    if args.exc_type is not SystemExit:
        Log.critical("a thread ended on an error that nobody foresaw", exc_info=(args.exc_type, args.exc_value, args.exc_traceback))
