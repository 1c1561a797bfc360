"""What `weft up` keeps of its processes' lines, and what it shows of them."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from infra.cli.journal import LARGEST, TAIL, Journal
from infra.processes import OWN_NAME


@dataclass(slots=True)
class Desk:
    """A journal and its terminal."""

    journal: Journal
    terminal: io.StringIO

    def tell(self, name: str, line: str | dict[str, object]) -> None:
        self.journal.tell(name, (line if isinstance(line, str) else json.dumps(line)).encode())

    @property
    def shown(self) -> list[str]:
        return self.terminal.getvalue().splitlines()

    @property
    def kept(self) -> list[str]:
        return self.journal.path.read_text().splitlines()


@pytest.fixture(params=[False, True], ids=["quiet", "verbose"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    terminal = io.StringIO()
    made = Desk(Journal(tmp_path / "logs" / "weft.log", verbose=request.param, terminal=lambda: terminal), terminal)
    yield made
    made.journal.close()


@pytest.mark.parametrize("desk", [False], indirect=True)
def test_everything_is_kept_and_nothing_shown_but_errors(desk: Desk) -> None:
    desk.tell("web", {"event": "request", "level": "info", "path": "/"})
    desk.tell("worker", "a library that prints")
    wrong = [{"exc_type": "KeyError", "exc_value": "'x'", "frames": []}]
    desk.tell("web", {"event": "a request failed", "level": "error", "path": "/people", "request_id": "r1", "exception": wrong})
    assert [line.partition("{")[0] for line in desk.kept] == ["", "worker | a library that prints", ""]
    assert desk.shown == [f"web: error a request failed path=/people KeyError: 'x' (all of it is in {desk.journal.path})"]


@pytest.mark.parametrize("desk", [True], indirect=True)
def test_who_asks_for_it_reads_every_line(desk: Desk) -> None:
    desk.tell("web", {"event": "request", "level": "info", "path": "/", "service": "weft-web", "timestamp": "2026-11-22"})
    desk.tell("worker", "a library that prints")
    assert desk.shown == ["web      | info request path=/", "worker   | a library that prints"]
    assert len(desk.kept) == 2


@pytest.mark.parametrize("desk", [False], indirect=True)
def test_a_process_that_ends_by_itself_shows_its_last_lines_and_no_others(desk: Desk) -> None:
    for number in range(2 * TAIL):
        desk.tell("worker", f"line {number}")
    desk.tell("web", "fine")
    desk.tell(OWN_NAME, "worker ended by itself (exit code 1); starting it again in 0.5 s.")
    last = [f"line {number}" for number in range(TAIL, 2 * TAIL)]
    assert desk.shown == [*last, "worker ended by itself (exit code 1); starting it again in 0.5 s."]
    desk.tell(OWN_NAME, "web has not ended yet; killing it.")
    assert desk.shown[len(last) + 1 :] == ["web has not ended yet; killing it."], "which is no fault of what it said"


def test_broken_text_and_what_only_looks_like_a_record_do_no_harm(desk: Desk) -> None:
    for line in (b"\xff\xfe", b"{", b"{}", b"[1]", b'{"level": 3}', b""):
        desk.journal.tell("web", line)
    assert len(desk.journal.path.read_bytes().splitlines()) == 6


def test_a_log_that_has_grown_large_is_set_aside_once(desk: Desk) -> None:
    line = "x" * (LARGEST // 4)
    for _ in range(12):
        desk.tell("web", line)
    aside = desk.journal.path.with_name("weft.log.1")
    sizes = [path.stat().st_size for path in (desk.journal.path, aside)]
    assert max(sizes) < 1.5 * LARGEST
    assert sorted(path.name for path in aside.parent.iterdir()) == ["weft.log", "weft.log.1"]
    assert desk.journal.path.stat().st_mode & 0o077 == 0
