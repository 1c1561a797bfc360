"""Traces: a request, the transaction it opens and the job it asks for are one; without a collector there is nothing."""

import subprocess
import sys

from tests.telemetry.house import House
from tests.telemetry.receiver import Span
from tests.workers.waiting import until
from weft.ids import new_id


async def arrived(house: House, trace: str, name: str) -> list[Span]:
    """Wait until a span of this name is in a trace, and return all of the trace."""

    async def there() -> list[Span]:
        found = house.receiver.of(trace)
        return found if any(span.name == name for span in found) else []

    return await until(there, f"the span {name}")


async def test_a_request_its_transaction_and_its_job_are_one_trace(house: House) -> None:
    trace, caller = new_id().hex, "00f067aa0ba902b7"
    request_id = new_id().hex
    answer = await house.upload("Grace Hopper", traceparent=f"00-{trace}-{caller}-01", **{"x-request-id": request_id})
    assert answer.status_code == 201, answer.text
    spans = {span.id: span for span in await arrived(house, trace, "core.read_import")}
    assert house.tenant is not None

    [request] = [span for span in spans.values() if span.parent == caller]
    assert (request.service, request.name) == ("weft-web", "PUT /imports/file")
    assert request.facts["weft.tenant"] == house.tenant.slug
    assert request.facts["weft.request"] == request_id
    assert request.facts["http.response.status_code"] == "201"

    [job] = [span for span in spans.values() if span.name == "core.read_import"]
    assert (job.service, job.parent) == ("weft-worker", request.id)
    assert job.facts["weft.request"] == request_id

    transactions = [span for span in spans.values() if span.name == "transaction"]
    assert {spans[span.parent].name for span in transactions} == {"PUT /imports/file", "core.read_import"}


async def test_a_line_of_the_log_names_its_trace(house: House) -> None:
    trace, request_id = new_id().hex, new_id().hex
    answer = await house.upload("Mary Somerville", traceparent=f"00-{trace}-00f067aa0ba902b7-01", **{"x-request-id": request_id})
    assert answer.status_code == 201, answer.text
    line = await house.worker.line(event="a job ended", request_id=request_id)
    assert [span.name for span in await arrived(house, trace, "core.read_import") if span.facts.get("weft.job") == line["job_id"]]


def test_without_a_collector_nothing_is_loaded_and_nothing_is_wrapped() -> None:
    code = (
        "import sys\nfrom contextlib import asynccontextmanager\nfrom core.telemetry import *\nstart_traces('test')\n"
        "@asynccontextmanager\nasync def work():\n    yield 1\ninner = work()\n"
        "assert traced('transaction', inner, tenant='x') is inner\nassert traceparent() == ''\n"
        "assert not [name for name in sys.modules if name.startswith(('opentelemetry.sdk', 'opentelemetry.exporter'))]\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={"PATH": ""})


def test_a_collector_that_does_not_answer_keeps_no_process_from_ending() -> None:
    code = (
        "import time\nfrom core.telemetry import *\nstart_traces('test')\n"
        "with job_span('job', ''):\n    pass\nbegun = time.monotonic()\nstop_traces()\nassert time.monotonic() - begun < 5\n"
    )
    subprocess.run(
        [sys.executable, "-c", code], check=True, timeout=20, env={"PATH": "", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://192.0.2.1:4318"}
    )
