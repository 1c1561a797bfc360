"""Keeps the processes of `weft up` together: starts them, shows what they print, restarts them, ends them all."""

import contextlib
import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType, MappingProxyType
from typing import BinaryIO

# A child that ends with this code (EX_CONFIG of sysexits.h) cannot be helped by starting it again.
CONFIGURATION_ERROR = 78

# Takes what a process printed, by its name, a line without its end; our own lines come under OWN_NAME.
Tell = Callable[[str, bytes], None]
OWN_NAME = "weft"
_WATCHED = "WEFT_SUPERVISOR_FD"
_LONGEST_LINE = 64 * 1024
_TICK_SECONDS = 1.0
_LAST_WORDS_SECONDS = 1.0
_SAME_SIGNAL_SECONDS = 0.5
# Runs in the child before its program: a function between fork and exec would be unsafe beside our threads. The kernel
# then ends the child with its parent, even one that was killed; the parent may have died before that was asked for.
_SHIM = f"""
import os, signal, sys
try:
    import ctypes
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
except (ImportError, OSError, AttributeError):
    pass
if os.getppid() != int(sys.argv[1]):
    sys.exit(1)
try:
    os.execvp(sys.argv[2], sys.argv[2:])
except OSError as error:
    print(f"{{sys.argv[2]}} cannot be started: {{error.strerror}}.")
    sys.exit({CONFIGURATION_ERROR})
"""


@dataclass(frozen=True, slots=True)
class Process:
    """A program to keep running. `stop_seconds` is how long it may take to end by itself when asked to."""

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    stop_seconds: float = 15.0


@dataclass(frozen=True, slots=True)
class Backoff:
    """How a process that ends by itself is started again: after `first` seconds, each time twice as long up to `longest`.

    One that runs for `settled` seconds begins anew; one that fails `tries` times in a row before that is given up.
    """

    first: float = 0.5
    longest: float = 15.0
    settled: float = 30.0
    tries: int = 5


class _Child:
    """One process and what is known about its present run."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.running: subprocess.Popen[bytes] | None = None
        self.begun = 0.0
        self.failures = 0
        self.due: float | None = 0.0
        self.partial = b""

    def start(self, watched: int) -> BinaryIO:
        """Start the program and return what it prints."""
        self.running = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _SHIM, str(os.getpid()), *self.process.argv],
            env={**os.environ, "PYTHONUNBUFFERED": "1", **self.process.environment, _WATCHED: str(watched)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
            pass_fds=(watched,),
            # The terminal's Ctrl-C is ours to pass on, in order.
            start_new_session=True,
        )
        self.begun, self.due = time.monotonic(), None
        assert self.running.stdout
        os.set_blocking(self.running.stdout.fileno(), False)
        return self.running.stdout  # type: ignore[return-value]

    def ended(self) -> bool:
        """Say whether the present run is over."""
        return self.running is not None and self.running.poll() is not None

    def signal(self, number: signal.Signals, *, group: bool = False) -> None:
        """Signal the program, or it and all that it started."""
        if self.running:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                (os.killpg if group else os.kill)(self.running.pid, number)


class Supervisor:
    """Runs processes until it is told to stop, or until one cannot be kept running."""

    def __init__(
        self,
        processes: Sequence[Process],
        *,
        backoff: Backoff | None = None,
        each_second: Callable[[], None] | None = None,
        out: BinaryIO | None = None,
        tell: Tell | None = None,
    ) -> None:
        """Take the processes in the order of starting; what they and we say goes to `tell`, else to `out` (standard output)."""
        self._children = [_Child(process) for process in processes]
        self._backoff = backoff or Backoff()
        self._each_second = each_second
        self._out = out or sys.stdout.buffer
        self._tell = tell or self._write
        self._width = max(len(name) for name in (OWN_NAME, *(process.name for process in processes)))
        self._selector = selectors.DefaultSelector()
        self._wake, self._woken = socket.socketpair()
        self._stops = 0
        self._exit_code = 0

    def run(self) -> int:
        """Run until SIGINT, SIGTERM, SIGHUP or `stop`, and return the exit code: 0, or 1 when a process was given up.

        Call it in the main thread, once. Each process is sent SIGTERM in reverse order of starting; a second signal
        kills the rest at once.
        """
        read_end, write_end = os.pipe()
        self._wake.setblocking(False)
        self._woken.setblocking(False)
        self._selector.register(self._woken, selectors.EVENT_READ)
        try:
            with self._signals():
                self._supervise(read_end)
                self._end_all()
        finally:
            for child in self._children:
                child.signal(signal.SIGKILL, group=True)
                if child.running:
                    child.running.wait()
            for descriptor in (read_end, write_end):
                os.close(descriptor)
            self._selector.close()
            self._wake.close()
            self._woken.close()
        return self._exit_code

    def stop(self, exit_code: int = 0) -> None:
        """Ask `run` to end everything and return this code; from any thread, or from `each_second`."""
        self._stops += 1
        self._exit_code = self._exit_code or exit_code
        with contextlib.suppress(OSError):
            self._wake.send(b"\0")

    def say(self, sentence: str) -> None:
        """Print a line among those of the processes, as our own."""
        self._print(OWN_NAME, sentence.encode())

    def _supervise(self, watched: int) -> None:
        next_tick = time.monotonic() + _TICK_SECONDS
        while not self._stops:
            now = time.monotonic()
            for child in self._children:
                if child.due is not None and child.due <= now:
                    self._selector.register(child.start(watched), selectors.EVENT_READ, child)
            waits = [child.due - now for child in self._children if child.due is not None]
            self._pump(max(0.0, min([next_tick - now, *waits])))
            for child in self._children:
                if child.ended():
                    self._plan_restart(child)
            if time.monotonic() >= next_tick:
                next_tick = time.monotonic() + _TICK_SECONDS
                if self._each_second:
                    self._each_second()

    def _plan_restart(self, child: _Child) -> None:
        code = self._bury(child)
        lived = time.monotonic() - child.begun
        child.failures = 1 if lived >= self._backoff.settled else child.failures + 1
        name, how = child.process.name, _told(code)
        if code == CONFIGURATION_ERROR:
            self.say(f"{name} cannot run with this configuration; its last lines above say why.")
        elif child.failures >= self._backoff.tries:
            self.say(
                f"{name} ended {child.failures} times, each time within {self._backoff.settled:.0f} s of its start, "
                f"the last time {how}. Its last lines above say why; put that right and start Weft again."
            )
        else:
            delay = min(self._backoff.longest, self._backoff.first * 2 ** (child.failures - 1))
            self.say(f"{name} ended by itself {how}; starting it again in {delay:.1f} s.")
            child.due = time.monotonic() + delay
            return
        self.stop(1)

    def _end_all(self) -> None:
        asked_before = self._stops
        for child in reversed(self._children):
            deadline = time.monotonic() + child.process.stop_seconds
            child.signal(signal.SIGTERM)
            while child.running and not child.ended():
                remaining = deadline - time.monotonic()
                if remaining <= 0 or self._stops > asked_before:
                    self.say(f"{child.process.name} has not ended yet; killing it.")
                    child.signal(signal.SIGKILL, group=True)
                    child.running.wait()
                    break
                self._pump(min(remaining, _TICK_SECONDS))
            if child.running:
                self._bury(child)

    def _bury(self, child: _Child) -> int:
        """Print the last lines of a run that is over, end what it started, and return its exit code."""
        assert child.running
        assert child.running.stdout
        child.signal(signal.SIGKILL, group=True)
        deadline = time.monotonic() + _LAST_WORDS_SECONDS
        # Until the pipe's end: what was started by the child may still hold it for a moment.
        while child.running.stdout.fileno() in self._selector.get_map() and time.monotonic() < deadline:
            self._pump(deadline - time.monotonic())
        with contextlib.suppress(KeyError):
            self._selector.unregister(child.running.stdout)
        if child.partial:
            self._print(child.process.name, child.partial)
        child.running.stdout.close()
        code = child.running.wait()
        child.running, child.partial = None, b""
        return code

    def _pump(self, seconds: float) -> None:
        """Wait for something to happen, at most so long, and print what the processes say."""
        for key, _ in self._selector.select(seconds):
            if key.fileobj is self._woken:
                with contextlib.suppress(BlockingIOError):
                    self._woken.recv(4096)
                continue
            child: _Child = key.data
            data = os.read(key.fd, _LONGEST_LINE)
            if not data:
                self._selector.unregister(key.fileobj)
                continue
            *lines, child.partial = (child.partial + data).split(b"\n")
            for line in lines:
                self._print(child.process.name, line)
            if len(child.partial) > _LONGEST_LINE:
                self._print(child.process.name, child.partial)
                child.partial = b""

    def _print(self, name: str, line: bytes) -> None:
        # Whoever read our output may be gone, which is no reason to stop serving.
        with contextlib.suppress(OSError, ValueError):
            self._tell(name, line)

    def _write(self, name: str, line: bytes) -> None:
        # Structured logs name their process themselves, and stay readable for machines.
        prefix = b"" if line.startswith(b"{") and line.endswith(b"}") else f"{name:<{self._width}} | ".encode()
        self._out.write(prefix + line + b"\n")
        self._out.flush()

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        first: float | None = None

        def note(number: int, frame: FrameType | None) -> None:
            nonlocal first
            if number == signal.SIGCHLD:
                return
            # Who signals us and our process group sends two at once, and means one.
            if first is None or time.monotonic() - first > _SAME_SIGNAL_SECONDS:
                first = first or time.monotonic()
                self.stop()

        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)
        # The byte that Python writes here at each signal ends a wait at once.
        woken_before = signal.set_wakeup_fd(self._wake.fileno(), warn_on_full_buffer=False)
        before = {number: signal.signal(number, note) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(woken_before)


def end_with_supervisor() -> None:
    """End this process when the supervisor that started it, directly or not, is gone; for where the kernel does not.

    Does nothing outside a supervisor, or where the descriptor was not passed on.
    """
    value = os.environ.get(_WATCHED, "")
    if not value.isdigit():
        return

    def watch(descriptor: int) -> None:
        # Nothing is ever written: reading returns when the supervisor, the only holder of the other end, is gone.
        with contextlib.suppress(OSError):
            if not os.read(descriptor, 1):
                os._exit(1)

    threading.Thread(target=watch, args=(int(value),), name="supervisor-watch", daemon=True).start()


def _told(code: int) -> str:
    if code < 0:
        with contextlib.suppress(ValueError):
            return f"(killed by {signal.Signals(-code).name})"
    return f"(exit code {code})"
