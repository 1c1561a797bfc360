"""What the installation tells of itself: logs, metrics, traces."""

import logging
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import structlog
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Histogram("weft_request_seconds", "Time to answer a request", ["method", "status", "side"])
TENANT_ERRORS = Counter("weft_plugin_failures_total", "Plugin parts that failed and were left out of a page", ["plugin", "hook"])
SPARES = Gauge("weft_spare_tenants", "Schemas that wait for a sign-up")

_PROPAGATOR = TraceContextTextMapPropagator()


def start_logs(level: str, *, json: bool) -> None:
    """Log to standard error, one event a line: as JSON with tenant, person, request and job ids, or for a person at a terminal."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    renderer: structlog.typing.Processor = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    if json:  # without local variables: passwords and tokens are among them
        shared.append(structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False)))
        renderer = structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping().get(level, logging.INFO)),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for noisy in ("uvicorn.access", "uvicorn.error", "arq.worker"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def start_traces(service: str) -> None:
    """Send spans to the OTLP endpoint that the standard variables name; without one, do nothing."""
    if not (os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT") or os.environ.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")):
        return
    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)


def tracer() -> trace.Tracer:
    """Return the tracer, which does nothing until `start_traces` found an endpoint."""
    return trace.get_tracer("weft")


def traceparent() -> str:
    """Return the running span as a W3C traceparent, for a job to go on from; empty without one."""
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier)
    return carrier.get("traceparent", "")


@contextmanager
def request_span(method: str, path: str, headers: Mapping[bytes, bytes]) -> Iterator[str]:
    """Trace one request, going on from the caller's trace; yields the traceparent."""
    if not isinstance(trace.get_tracer_provider(), TracerProvider):  # nobody listens
        yield ""
        return
    given = {"traceparent": headers.get(b"traceparent", b"").decode("latin-1")}
    with tracer().start_as_current_span(
        f"{method} {path}",
        context=_PROPAGATOR.extract(given),
        kind=SpanKind.SERVER,
        attributes={"http.request.method": method, "url.path": path},
    ):
        yield traceparent()
