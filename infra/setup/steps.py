"""What every step of the set-up shares: stamps, progress, errors and the rule that only one set-up runs at a time."""

import contextlib
import fcntl
import hashlib
import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

QUIET_SECONDS = 1.0
PLAIN_EVERY_SECONDS = 15.0
TAIL_LINES = 25


class SetupError(Exception):
    """The set-up cannot go on; the text says what happened and what to do."""


class CommandFailed(Exception):
    """A command ended with an error; `output` holds its last lines."""

    def __init__(self, code: int, output: str) -> None:
        super().__init__(f"exit code {code}")
        self.code = code
        self.output = output


def tell(text: str) -> None:
    """Print a line for the person at the terminal; standard output is left to results."""
    print(text, file=sys.stderr, flush=True)


def fingerprint(*parts: str | Path) -> str:
    """Hash texts and the contents of files into one short key."""
    digest = hashlib.sha256()
    for part in parts:
        content = part.read_bytes() if isinstance(part, Path) else part.encode()
        digest.update(len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()[:32]


def is_stamped(stamp: Path, key: str) -> bool:
    """Say whether a step was finished with exactly these inputs."""
    try:
        return stamp.read_text() == key
    except (OSError, UnicodeDecodeError):
        return False


def write_stamp(stamp: Path, key: str) -> None:
    """Record that a step is finished; always its last act, so that a killed step has no stamp."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(key)


@contextlib.contextmanager
def only_one_setup(root: Path) -> Iterator[None]:
    """Hold the checkout's set-up lock, waiting for another set-up in the same checkout to end."""
    folder = root / ".weft"
    try:
        folder.mkdir(exist_ok=True)
        handle = (folder / "setup.lock").open("a+")
    except OSError as error:
        raise SetupError(f"{folder} cannot be written ({error.strerror}). Run this as the user the checkout belongs to.") from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            tell("Another set-up of this checkout is running; waiting for it to end.")
            fcntl.flock(handle, fcntl.LOCK_EX)
        # Commands inherit the lock: one that goes on writing after its set-up was killed keeps the next one waiting.
        os.set_inheritable(handle.fileno(), True)
        yield


class Progress:
    """Tells how long a step takes: one live line on a terminal, a plain line now and then elsewhere."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._begun = time.monotonic()
        self._live = sys.stderr.isatty()
        self._detail = ""
        self._told = False
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Progress":
        self._thread.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self._over.set()
        self._thread.join()
        if not self._told:
            return
        outcome = "done in" if failure[0] is None else "stopped after"
        line = f"{self._title}: {outcome} {time.monotonic() - self._begun:.0f} s"
        tell(f"\r\x1b[K{line}" if self._live else line)

    def detail(self, text: str) -> None:
        """Name what the step is at; shown beside the elapsed time."""
        self._detail = text

    def _run(self) -> None:
        wait = QUIET_SECONDS
        while not self._over.wait(wait):
            self._told = True
            elapsed = time.monotonic() - self._begun
            if self._live:
                line = f"{self._title} … {elapsed:.0f} s  {self._detail}"
                width = os.get_terminal_size(sys.stderr.fileno()).columns or 80
                sys.stderr.write(f"\r\x1b[K{line[: width - 1]}")
                sys.stderr.flush()
                wait = 0.5
            else:
                tell(f"{self._title} … {elapsed:.0f} s" + (f" ({self._detail})" if self._detail else ""))
                wait = PLAIN_EVERY_SECONDS


def run(title: str, argv: Sequence[str | Path], cwd: Path, env: Mapping[str, str] | None = None) -> str:
    """Run a command with progress and return its last lines; raises CommandFailed, or SetupError when it is missing."""
    lines: deque[str] = deque(maxlen=TAIL_LINES)
    try:
        process = subprocess.Popen(
            [str(part) for part in argv],
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            close_fds=False,
        )
    except OSError as error:
        raise SetupError(f"{argv[0]} could not be started: {error.strerror}.") from error
    with process, Progress(title) as progress:
        try:
            for line in process.stdout or ():
                lines.append(line.rstrip())
                if not line.startswith(("WARNING", "npm warn", "   ")):
                    progress.detail(line.strip()[:60])
        except BaseException:
            process.terminate()
            raise
        code = process.wait()
        output = "\n".join(lines)
        if code:
            raise CommandFailed(code, output)
    return output
