"""The web at the end of its process: what runs is answered, nothing new is taken, and the last spans leave."""

import asyncio
import signal

import pytest

from tests.telemetry.house import House, free_port
from tests.workers.waiting import until
from weft.ids import new_id


async def refused(port: int) -> bool:
    """Tell whether nobody listens any more."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError:
        return True
    writer.close()
    return False


async def test_a_request_that_runs_is_answered_and_no_other_is_taken(house: House) -> None:
    port, trace = free_port(), new_id().hex
    program = house.start("serve", {"WEFT_PORT": str(port), "WEFT_METRICS_TOKEN": "prometheus", "OTEL_BSP_SCHEDULE_DELAY": "600000"})
    await house.answers(port)
    assert (await house.ask("GET", "/metrics", host="prometheus", port=port)).status_code == 403
    given = {"authorization": "Bearer prometheus"}
    assert (await house.ask("GET", "/metrics", host="prometheus", port=port, headers=given)).status_code == 200

    body = b"Name\n" + b"Ada Lovelace\n" * 1000
    ask = await house.ask("GET", "/imports/new", port=port)  # who asks has cookies and a token, as a page sends them
    head = (
        f"PUT /imports/file?into=contacts.parties&name=people.csv HTTP/1.1\r\ncontent-length: {len(body)}\r\n"
        f"content-type: text/csv\r\nconnection: close\r\ntraceparent: 00-{trace}-00f067aa0ba902b7-01\r\n"
    )
    sent = "".join(f"{name}: {ask.request.headers[name]}\r\n" for name in ("host", "cookie", "x-csrftoken"))
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"{head}{sent}\r\n".encode() + body[:100])
    await program.line(event="request", path="/imports/new")
    program.process.send_signal(signal.SIGTERM)

    async def closed() -> bool:
        return await refused(port)

    await until(closed, "nobody listens any more")
    writer.write(body[100:])
    answer = await asyncio.wait_for(reader.read(), 15)
    writer.close()
    assert answer.startswith(b"HTTP/1.1 201"), answer[:300]
    assert await asyncio.to_thread(program.process.wait, 15) == 0
    assert [span.name for span in house.receiver.of(trace) if span.parent == "00f067aa0ba902b7"] == ["PUT /imports/file"]


async def test_a_port_that_is_taken_or_settings_that_cannot_be_end_it_with_a_sentence(house: House) -> None:
    worker = house.start("worker")  # the first one has the port for its metrics
    assert await asyncio.to_thread(worker.process.wait, 15) == pytest.approx(78)
    assert "WEFT_WORKER_METRICS_PORT" in worker.log.read_text()
