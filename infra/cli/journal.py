"""Where the lines of `weft up`'s processes go: all of them to one file, and to the terminal what a person must know."""

import json
import re
import sys
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TextIO

from infra.processes import OWN_NAME

LARGEST = 10 * 1024 * 1024  # bytes, then the file is set aside as weft.log.1, and an older one of those is gone
TAIL = 12  # lines
_GRAVE = ("error", "critical")
_NOT_TOLD = ("event", "level", "timestamp", "service", "logger", "exception", "request_id", "trace_id", "span_id")


class Journal:
    """Takes every line of the processes; hand its `tell` to a `Supervisor`.

    Without `verbose`, the terminal shows what the supervisor says, one line for each error, and the last lines of a process that ended
    by itself.
    """

    def __init__(self, path: Path, *, verbose: bool, terminal: Callable[[], TextIO] = lambda: sys.stderr) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = path
        self._verbose = verbose
        self._terminal = terminal  # asked each time: a progress bar takes its place for a while
        self._tails: dict[str, deque[bytes]] = {}
        self._file = self._open()

    def tell(self, name: str, line: bytes) -> None:
        """Keep a line of a process, or of the supervisor itself."""
        own, record = name == OWN_NAME, _record(line)
        self._keep(line if record else f"{name} | ".encode() + line)
        if own:
            sentence = line.decode(errors="replace")
            ended = re.match("(.+?) (ended|cannot run) ", sentence)
            last_words = self._tails.pop(ended[1], ()) if ended else ()
            self._show([] if self._verbose else map(_readable, last_words))
            self._show([sentence])
            return
        self._tails.setdefault(name, deque(maxlen=TAIL)).append(line)
        if self._verbose:
            self._show([f"{name:<8} | {_readable(line)}"])
        elif record.get("level") in _GRAVE:
            self._show([f"{name}: {_readable(line)} (all of it is in {self.path})"])

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _keep(self, line: bytes) -> None:
        if self._file.tell() > LARGEST:
            self._file.close()
            self.path.replace(self.path.with_name(f"{self.path.name}.1"))
            self._file = self._open()
        self._file.write(line + b"\n")

    def _open(self) -> Any:
        self.path.touch(0o600)
        return self.path.open("ab", buffering=0)

    def _show(self, lines: Iterable[str]) -> None:
        terminal = self._terminal()
        for line in lines:
            terminal.write(f"{line}\n")
        terminal.flush()


def _record(line: bytes) -> dict[str, Any]:
    """Return the facts of a structured line, or nothing."""
    if not line.startswith(b"{"):
        return {}
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _readable(line: bytes) -> str:
    """Return a structured line as a person reads it: level, event, facts, and how an error ended."""
    record = _record(line)
    if not record:
        return line.decode(errors="replace")
    facts = " ".join(f"{name}={value}" for name, value in record.items() if name not in _NOT_TOLD)
    words = [str(record.get("level", "")), str(record.get("event", "")), facts]
    exception = record.get("exception")
    if isinstance(exception, list) and exception and isinstance(exception[0], dict):
        words.append(f"{exception[0].get('exc_type', '')}: {exception[0].get('exc_value', '')}")
    return " ".join(word for word in words if word)
