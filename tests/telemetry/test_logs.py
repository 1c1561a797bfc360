"""What an operator reads: one JSON object a line, that says of whom it tells, and nothing that must stay secret."""

import subprocess
import sys

import pytest

from core.settings import Misconfigured, Settings
from core.telemetry.logs import without_secrets
from tests.telemetry.house import House
from weft.ids import new_id

NEEDED = {"WEFT_DATABASE_URL": "postgresql:///weft", "WEFT_REDIS_URL": "redis://localhost", "WEFT_SECRET_KEY": "key"}


async def test_every_line_of_every_process_is_an_object_that_names_its_service(house: House) -> None:
    for program, service in ((house.web, "weft-web"), (house.worker, "weft-worker")):
        lines = program.lines()
        assert lines
        for line in lines:
            assert {"event", "level", "logger", "timestamp", "service"} <= line.keys(), line
            assert line["service"] == service


async def test_the_lines_of_libraries_are_like_ours(house: House) -> None:
    line = await house.web.line(event="Application startup complete.")
    assert line["logger"] == "uvicorn.error"


async def test_a_request_and_the_job_it_asks_for_carry_the_same_request_tenant_and_person(house: House) -> None:
    request_id = new_id().hex
    answer = await house.upload("Ada Lovelace", **{"x-request-id": request_id})
    assert answer.status_code == 201, answer.text
    assert answer.headers["x-request-id"] == request_id
    request = await house.web.line(event="request", request_id=request_id)
    job = await house.worker.line(event="a job ended", request_id=request_id)
    assert house.tenant is not None
    assert request["tenant"] == job["tenant"] == house.tenant.slug
    assert request["person"] == job["person"] != ""
    assert (request["method"], request["path"], request["status"]) == ("PUT", "/imports/file", 201)
    assert (job["job"], job["state"], job["attempt"]) == ("core.read_import", "done", 1)
    assert job["job_id"]


async def test_passwords_bodies_queries_and_cookies_are_in_no_log(house: House) -> None:
    secret = f"hush{new_id().hex}"
    base = house.installation.settings.base_host
    await house.ask("POST", "/sign-in", host=base, data={"email": f"{secret}@weft.test", "password": secret})
    await house.ask("GET", f"/reset/new?token={secret}", host=base)
    await house.ask("GET", f"/search?q={secret}", headers={"authorization": f"Bearer {secret}"})
    await house.upload(secret)
    last = new_id().hex
    await house.ask("GET", "/sign-in", host=base, headers={"x-request-id": last})
    await house.web.line(event="request", request_id=last)
    for program in house.programs:
        text = program.log.read_text()
        assert secret not in text
        assert house.session not in text
        assert house.installation.settings.secret_key not in text


@pytest.mark.parametrize(
    ("line", "kept", "hidden"),
    [
        ("cannot reach postgresql://weft:hunter2@db:5432/weft", "@db:5432/weft", "hunter2"),
        ('{"password": "hunter2", "name": "Ada"}', '"name": "Ada"', "hunter2"),
        (r"\"api_key\": \"hunter2\"", "api_key", "hunter2"),
        ("Authorization: Bearer hunter2", "Bearer", "hunter2"),
        ("{'authorization': 'Basic hunter2'}", "Basic", "hunter2"),
        ("Cookie: weft_session=hunter2; theme=dark", "theme=dark", "hunter2"),
        ("GET /reset?token=hunter2&next=/", "next=/", "hunter2"),
        ("smtps://post%40weft:hunter2@mail.example", "@mail.example", "hunter2"),
    ],
)
def test_secrets_are_dotted_out_wherever_they_turn_up(line: str, kept: str, hidden: str) -> None:
    told = without_secrets(line)
    assert hidden not in told
    assert kept in told


@pytest.mark.parametrize(
    "line", ["The password is wrong.", "a token was revoked", "tokens: 3 of 5", "http://weft.test/sign-in", "Sessions are 12 h"]
)
def test_what_is_no_secret_is_left_as_it_stands(line: str) -> None:
    assert without_secrets(line) == line


def test_the_level_keeps_lower_lines_out() -> None:
    code = (
        "import logging, structlog\nfrom core.telemetry import start_logs\nstart_logs('WARNING', json=True)\n"
        "structlog.get_logger('a').info('low')\nlogging.getLogger('b').info('low too')\n"
        "structlog.get_logger('a').warning('high')\nlogging.getLogger('b').error('highest')\n"
    )
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stderr.splitlines()
    assert len(told) == 2
    assert '"high"' in told[0]
    assert '"highest"' in told[1]


def test_an_error_nobody_caught_is_an_object_too_and_shows_no_variables() -> None:
    code = (
        "from core.telemetry import start_logs\nstart_logs('INFO', json=True)\n"
        "def fail():\n    pin = '4711' * 2\n    raise ValueError('no good')\nfail()\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert ended.returncode == 1
    [line] = ended.stderr.splitlines()
    assert "no good" in line
    assert "47114711" not in line


@pytest.mark.parametrize(("name", "value"), [("WEFT_LOG_LEVEL", "loud"), ("WEFT_LOG_FORMAT", "xml")])
def test_a_level_or_format_that_does_not_exist_is_refused_with_those_that_do(name: str, value: str) -> None:
    with pytest.raises(Misconfigured, match=f"{name} is .*set it to"):
        Settings.from_environment({**NEEDED, name: value})
