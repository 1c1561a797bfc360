"""The processes of `weft up` start, speak, fail, and end together."""

import json
import signal
import socket
import sys
from pathlib import Path

import pytest

from infra.ports import PortInUseError, ensure_port_free
from infra.servers import alive
from infra.servers.patience import wait_until

from .conftest import Parent, read_line

SUPERVISOR = """
    import sys
    from infra.processes import Backoff, Process, Supervisor
    children = {children!r}
    processes = [Process(name, (sys.executable, "-c", script), {{"WORD": "green"}}, stop_seconds=1.0) for name, script in children.items()]
    supervisor = Supervisor(processes, backoff=Backoff(first=0.01, longest=0.02, settled=30.0, tries=3){more})
    sys.exit(supervisor.run())
"""
POLITE = """
import os, signal, sys
def end(*_):
    print("bye")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print("pid", os.getpid())
while True:
    signal.pause()
"""
STUBBORN = """
import os, signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("pid", os.getpid())
while True:
    signal.pause()
"""


def supervisor(more: str = "", **children: str) -> str:
    return SUPERVISOR.format(children=children, more=more)


def test_lines_carry_the_name_of_their_process_unless_they_are_structured(parent: Parent) -> None:
    record = json.dumps({"event": "ready"})
    speak = f"import os; print(os.environ['WORD']); print('{record}'); print('no end', end='', flush=True); os._exit(78)"
    output, _ = parent(supervisor(web=speak)).communicate(timeout=90)
    assert output.splitlines()[:3] == ["web  | green", record, "web  | no end"]


def test_a_process_that_keeps_failing_is_given_up_with_its_exit_code(parent: Parent) -> None:
    process = parent(supervisor(web="print('try'); raise SystemExit(3)", worker=POLITE))
    output, _ = process.communicate(timeout=90)
    assert process.returncode == 1
    assert output.count("web    | try") == 3
    assert "web ended by itself (exit code 3); starting it again in 0.0 s." in output
    assert "web ended 3 times, each time within 30 s of its start, the last time (exit code 3)." in output
    # The others are ended in good order.
    assert "worker | bye" in output


def test_a_wrong_configuration_is_not_tried_again(parent: Parent) -> None:
    process = parent(supervisor(web="print('no key'); raise SystemExit(78)"))
    output, _ = process.communicate(timeout=90)
    assert process.returncode == 1
    assert output.count("no key") == 1
    assert "web cannot run with this configuration" in output


def test_a_program_that_is_missing_is_told_in_a_sentence(parent: Parent) -> None:
    script = """
        import sys
        from infra.processes import Process, Supervisor
        sys.exit(Supervisor([Process("web", ("/nowhere/program",))]).run())
    """
    process = parent(script)
    output, _ = process.communicate(timeout=90)
    assert process.returncode == 1
    assert "web  | /nowhere/program cannot be started: No such file or directory." in output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_processes_end_in_reverse_order_when_told_to(parent: Parent, number: signal.Signals) -> None:
    process = parent(supervisor(first=POLITE, second=POLITE))
    for _ in range(2):
        assert "pid" in read_line(process)
    process.send_signal(number)
    output, _ = process.communicate(timeout=90)
    assert output.splitlines() == ["second | bye", "first  | bye"]
    assert process.returncode == 0


def test_a_process_that_will_not_end_is_killed(parent: Parent) -> None:
    process = parent(supervisor(web=STUBBORN))
    pid = int(read_line(process).split()[-1])
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=90)
    assert "web has not ended yet; killing it." in output
    assert process.returncode == 0
    assert not alive.is_alive(pid)


def test_processes_die_with_a_killed_supervisor(parent: Parent) -> None:
    process = parent(supervisor(web=STUBBORN))
    pid = int(read_line(process).split()[-1])
    process.kill()
    assert wait_until(lambda: not alive.is_alive(pid), "the process dies", print, 10)


def test_what_a_process_started_dies_with_a_killed_supervisor_when_it_watches(parent: Parent, folder: Path) -> None:
    grandchild = folder / "grandchild.py"
    grandchild.write_text(
        "import os, signal\n"
        "from infra.processes import end_with_supervisor\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "end_with_supervisor()\n"
        "print('pid', os.getpid(), flush=True)\n"
        "while True:\n"
        "    signal.pause()\n"
    )
    script = f"import subprocess; subprocess.run([{sys.executable!r}, {str(grandchild)!r}], close_fds=False)"
    process = parent(supervisor(web=script))
    pid = int(read_line(process).split()[-1])
    process.kill()
    assert wait_until(lambda: not alive.is_alive(pid), "the process dies", print, 10)


def test_somebody_else_may_stop_everything_from_the_inside(parent: Parent) -> None:
    process = parent(supervisor(", each_second=lambda: supervisor.stop(4)", web=POLITE))
    output, _ = process.communicate(timeout=90)
    assert process.returncode == 4
    assert output.endswith("web  | bye\n")


def test_a_port_in_use_is_refused_by_the_name_of_its_variable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortInUseError, match=f"Port {port} on 127.0.0.1 is in use .* WEFT_PORT={port + 1}"):
            ensure_port_free("127.0.0.1", port)
    ensure_port_free("127.0.0.1", port)


def test_an_address_that_is_not_ours_is_refused_by_the_name_of_its_variable() -> None:
    with pytest.raises(PortInUseError, match="WEFT_HOST"):
        ensure_port_free("192.0.2.1", 8000)
    with pytest.raises(PortInUseError, match="WEFT_PORT"):
        ensure_port_free("127.0.0.1", 99999)
