"""The `weft` command in this very process, on the test run's own installation."""

import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import structlog

from infra.cli.main import main
from infra.testing import Installation, ServerUrls


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on standard output; anything beside it is an error of the test."""
        return json.loads(self.out)

    @property
    def error(self) -> Mapping[str, Any]:
        """What a program is told of a failure."""
        assert list(self.document) == ["error"]
        found: Mapping[str, Any] = self.document["error"]
        assert found["exit_code"] == self.code
        return found


Weft = Callable[..., Ran]


@pytest.fixture
def _logs() -> Iterator[None]:
    """Give the test run its own logs back: a command sets them up for its process."""
    configured, before = structlog.is_configured(), structlog.get_config()
    yield
    structlog.configure(**before) if configured else structlog.reset_defaults()


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], _logs: None) -> Weft:
    """Type a command, on whatever the environment says."""

    def type_(*words: str, **environment: str) -> Ran:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(words)
        captured = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Ran(ended.value.code, captured.out, captured.err)

    return type_


@pytest.fixture
def environment(installation: Installation, weft_servers: ServerUrls) -> dict[str, str]:
    """Return the environment of whoever operates the test's installation."""
    settings = installation.settings
    return {
        "WEFT_DATABASE_URL": installation.superuser_url,
        "WEFT_REDIS_URL": weft_servers.redis,
        "WEFT_SECRET_KEY": settings.secret_key,
        "WEFT_DATA_DIR": str(settings.data_dir),
        "WEFT_BASE_URL": settings.base_url,
    }


@pytest.fixture
def weft(typed: Weft, environment: dict[str, str]) -> Weft:
    """Type a command on the test's installation."""

    def type_(*words: str, **more: str) -> Ran:
        return typed(*words, **{**environment, **more})

    return type_


@pytest.fixture
def slug(weft: Weft) -> str:
    """Make a business by the command, and return its address."""
    name = f"shop-{secrets.token_hex(4)}"
    made = weft("tenant", "create", name, "--name", "Corner Shop", "--owner", f"ada@{name}.example", "--json")
    assert made.code == 0, made
    return name
