"""docs/configuration.md names every variable that Weft reads, with the default it has."""

import ast
import re
from pathlib import Path

import pytest

from core.settings import Misconfigured, Settings
from tests.docs.reading import DOCS, ROOT
from workers.options import Options

ROWS = re.findall(r"^\| `([A-Z_]+)` \| (?:`([^`]*)`)? ?\| (.+) \|$", (DOCS / "configuration.md").read_text(), re.MULTILINE)
DEFAULTS = {name: default for name, default, _ in ROWS}
INTERNAL = {"WEFT_SUPERVISOR_FD"}  # what a process of Weft's tells those it starts
NEEDED = {"WEFT_DATABASE_URL": "postgresql:///weft", "WEFT_REDIS_URL": "redis://here", "WEFT_SECRET_KEY": "long and random"}
OTHER = {
    **dict.fromkeys(NEEDED, "something else"),
    "WEFT_PORT": "9000",
    "WEFT_BASE_URL": "https://weft.example",
    "WEFT_LOG_LEVEL": "DEBUG",
    "WEFT_LOG_FORMAT": "text",
    "WEFT_DEMO": "1",
    "WEFT_STRICT": "1",
    "WEFT_POOL_SIZE": "9",
    "WEFT_OWN_POOL_SIZE": "3",
    "WEFT_TRUSTED_PROXIES": "9",
    "WEFT_WAL_DAYS": "9",
    "WEFT_API_RATE": "9",
    "WEFT_API_BUSINESS_RATE": "9",
    "WEFT_WEBHOOK_NETWORKS": "10.1.0.0/16",
}
ELSEWHERE = {"WEFT_ASSETS", "WEFT_BROWSER", "WEFT_CELLS", "WEFT_CELL", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"}
WORKERS = {name for name in DEFAULTS if name.startswith(("WEFT_WORKER_", "WEFT_RELAY_"))}
ATTRIBUTES = {"WEFT_LOG_FORMAT": "log_json"}
WORDS = {"short_jobs": "short_slots", "long_jobs": "long_slots"}


def read() -> set[str]:
    """Return every variable that a string of our code names whole."""
    files = [path for part in ("weft", "core", "tenants", "web", "workers", "infra") for path in (ROOT / part).rglob("*.py")]
    files = [path for path in files if not {"template", "node_modules"} & set(path.relative_to(ROOT).parts)]
    return {name for path in files for name in _named(path)} - INTERNAL


def _named(path: Path) -> list[str]:
    nodes = ast.walk(ast.parse(path.read_text()))
    texts = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return [text for text in texts if re.fullmatch(r"(WEFT|OTEL)_[A-Z_]+[A-Z]", text)]


def attribute(name: str) -> str:
    return ATTRIBUTES.get(name, name.removeprefix("WEFT_").lower())


def test_the_page_names_what_the_code_reads_and_nothing_else() -> None:
    assert len(ROWS) == len(DEFAULTS)
    assert set(DEFAULTS) == read()


@pytest.mark.parametrize("name", sorted(set(DEFAULTS) - ELSEWHERE - WORKERS))
def test_a_variable_has_the_default_that_the_page_tells_and_is_heeded(name: str) -> None:
    usual = getattr(Settings.from_environment(NEEDED), attribute(name))
    changed = getattr(Settings.from_environment({**NEEDED, name: OTHER.get(name, "elsewhere")}), attribute(name))
    assert changed != usual
    if name not in NEEDED:
        told = {"WEFT_DEMO": "False", "WEFT_STRICT": "False", "WEFT_LOG_FORMAT": "True"}.get(name, DEFAULTS[name])
        assert str(usual) == told


@pytest.mark.parametrize("name", sorted(WORKERS))
def test_a_workers_variable_has_the_default_that_the_page_tells_and_is_heeded(name: str) -> None:
    word = attribute(name).removeprefix("worker_").removeprefix("relay_")
    usual = getattr(_options(name, {}), WORDS.get(word, word))
    assert f"{usual:g}" == DEFAULTS[name]
    assert getattr(_options(name, {name: "77"}), WORDS.get(word, word)) == 77


def _options(name: str, environment: dict[str, str]) -> Options:
    return (Options.of_relay if name.startswith("WEFT_RELAY_") else Options.from_environment)(environment)


@pytest.mark.parametrize("name", sorted(NEEDED))
def test_a_variable_without_a_default_is_asked_for(name: str) -> None:
    assert not DEFAULTS[name]
    with pytest.raises(Misconfigured, match=name):
        Settings.from_environment({key: value for key, value in NEEDED.items() if key != name})


@pytest.mark.parametrize("name", ["WEFT_PORT", "WEFT_POOL_SIZE", "WEFT_TRUSTED_PROXIES", "WEFT_API_RATE", *sorted(WORKERS)])
@pytest.mark.parametrize("value", ["many", "-1", "1.5"])
def test_a_number_that_is_none_is_refused_with_the_variables_name(name: str, value: str) -> None:
    with pytest.raises(Misconfigured, match=f"{name} is “{value}”: set it to"):
        _options(name, {name: value}) if name in WORKERS else Settings.from_environment({**NEEDED, name: value})
