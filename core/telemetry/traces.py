"""Traces through OpenTelemetry: request → transaction → job. Without an endpoint to send them to, nothing is made and nothing is loaded."""

import os
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from importlib import import_module
from typing import TypeVar

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from structlog.typing import EventDict, WrappedLogger

T = TypeVar("T")
ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
PATIENCE = 3.0  # seconds for the last spans to leave when a process ends
_PROPAGATOR = TraceContextTextMapPropagator()
_on = False
_end: Callable[[], None] | None = None  # sends what has not been sent


def start_traces(service: str) -> None:
    """Send spans to the OTLP/HTTP endpoint that the standard variables name; without one, do nothing.

    What is sampled and how often is sent is said by OpenTelemetry's own variables (OTEL_TRACES_SAMPLER, OTEL_BSP_SCHEDULE_DELAY …).
    """
    global _on, _end
    if not any(os.environ.get(name) for name in ENDPOINTS):
        return
    # loaded here: they and what they need are a tenth of a second at every start
    sdk, resources = import_module("opentelemetry.sdk.trace"), import_module("opentelemetry.sdk.resources")
    export, otlp = import_module("opentelemetry.sdk.trace.export"), import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
    # not at exit by itself: it would wait half a minute for an endpoint that does not answer, longer than a supervisor does
    provider = sdk.TracerProvider(resource=resources.Resource.create({"service.name": service}), shutdown_on_exit=False)
    provider.add_span_processor(export.BatchSpanProcessor(otlp.OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    _on, _end = True, provider.shutdown


def stop_traces() -> None:
    """Send the last spans, and stop tracing; called once, when a process ends."""
    global _on, _end
    if _end is None:
        return
    sending = threading.Thread(target=_end, name="weft last spans", daemon=True)
    _on, _end = False, None
    sending.start()
    sending.join(PATIENCE)


def traceparent() -> str:
    """Return the running span as a W3C traceparent, for a job to go on from; empty without one."""
    if not _on:
        return ""
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier)
    return carrier.get("traceparent", "")


def trace_ids(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Add the running trace to a line of the log."""
    if _on and (context := trace.get_current_span().get_span_context()).is_valid:
        event["trace_id"], event["span_id"] = f"{context.trace_id:032x}", f"{context.span_id:016x}"
    return event


class RequestSpan:
    """One request's span, which learns what was asked for, and how it ended, only later."""

    def __init__(self, span: Span, method: str) -> None:
        self._span, self._method = span, method

    def ended(self, route: str, status: int, **facts: str) -> None:
        """Name the span by the route's pattern, since paths are as many as records; a failure of ours is one of the span's."""
        if route:
            self._span.update_name(f"{self._method} {route}")
            self._span.set_attribute("http.route", route)
        self._span.set_attribute("http.response.status_code", status)
        for name, fact in facts.items():
            if fact:
                self._span.set_attribute(f"weft.{name}", fact)
        if status >= 500:
            self._span.set_status(Status(StatusCode.ERROR))


@contextmanager
def request_span(method: str, path: str, headers: Mapping[bytes, bytes]) -> Iterator[RequestSpan | None]:
    """Trace one request, going on from the caller's trace (W3C Trace Context); yields nothing when nobody listens."""
    if not _on:
        yield None
        return
    given = {name: headers.get(name.encode(), b"").decode("latin-1") for name in ("traceparent", "tracestate")}
    with _tracer().start_as_current_span(
        method,
        context=_PROPAGATOR.extract(given),
        kind=SpanKind.SERVER,
        attributes={"http.request.method": method, "url.path": path},
    ) as span:
        yield RequestSpan(span, method)


def traced(name: str, work: AbstractAsyncContextManager[T], **facts: str) -> AbstractAsyncContextManager[T]:
    """Return a context manager with a span around it, or itself when nobody listens."""
    return _around(name, work, facts) if _on else work


@asynccontextmanager
async def _around(name: str, work: AbstractAsyncContextManager[T], facts: Mapping[str, str]) -> AsyncIterator[T]:
    attributes = {f"weft.{key}": value for key, value in facts.items()}
    # an error is often a refusal that a person is told of, with what they typed in its text
    with _tracer().start_as_current_span(name, kind=SpanKind.CLIENT, attributes=attributes, record_exception=False):
        async with work as inside:
            yield inside


@contextmanager
def job_span(name: str, trace_of_caller: str, **facts: str) -> Iterator[Callable[[str], None]]:
    """Trace one attempt at a job, going on from the trace of whoever asked for it; yields what to call with the reason why it failed."""
    if not _on:
        yield lambda why: None
        return
    context = _PROPAGATOR.extract({"traceparent": trace_of_caller})
    attributes = {f"weft.{key}": value for key, value in facts.items()}
    with _tracer().start_as_current_span(name, context=context, kind=SpanKind.CONSUMER, attributes=attributes) as span:
        yield lambda why: span.set_status(Status(StatusCode.ERROR, why))


def _tracer() -> trace.Tracer:
    return trace.get_tracer("weft")
